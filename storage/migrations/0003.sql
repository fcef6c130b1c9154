-- Photos and files that people send. The bytes lie in FILES_DIR, each under its id.

-- 0: nothing to fetch; else one more than the times that fetching was begun.
alter table inbox add column fetching bigint not null default 0;
-- JSON: what became of the files of this event, and under which ids their bytes lie.
alter table inbox add column files text not null default '';
create index inbox_fetching on inbox (position) where fetching > 0;

create table file (
    id text primary key,
    name text not null,
    media_type text not null,
    size bigint not null,
    sha256 text not null,
    -- Empty once that person was forgotten; then it is part of a submitted paper.
    person text not null,
    -- The submission that it was sent for, or empty.
    submission text not null default '',
    at text not null
);
create index file_person on file (person);
create index file_submission on file (submission);

-- Ids whose bytes are to be deleted: written with what lets them go, gone when the bytes are.
create table discarded (id text primary key);
