-- Announcements, and the outbox as their ledger: one row for each person, for ever.

create table announcement (
    id text primary key,
    -- Short code for people: "TB-7K3M9Q".
    code text not null unique,
    -- normal, important, urgent
    kind text not null,
    topic text not null,
    -- The packed reply, once for everybody.
    body text not null,
    -- JSON.
    audience text not null,
    settings text not null,
    -- draft, waiting, filling, sending, paused, done, cancelled
    state text not null,
    revision bigint not null default 0,
    by text not null,
    approved_by text not null default '',
    created_at text not null,
    confirmed_at text not null default '',
    starts_at text not null default '',
    -- 1: quiet hours hold it.
    quiet bigint not null default 1,
    -- Id of the last person whose row is written, and how many rows that made.
    cursor text not null default '',
    made bigint not null default 0,
    -- How many rows there are; null until all of them are written.
    total bigint,
    -- Id of the announcement that this one corrects, or whose sent messages it marks.
    corrects text not null default '',
    -- Packed: what stands in the place of the corrected message, where the platform can edit.
    marked text not null default '',
    -- 1: its rows edit the messages of the one that it corrects.
    marks bigint not null default 0,
    -- Id of the first announcement that this one repeats for those who did not get it.
    repeats text not null default ''
);
create index announcement_state on announcement (state);
create index announcement_recent on announcement (created_at) where marks = 0;
create index announcement_repeats on announcement (repeats) where repeats <> '';

-- For whom an announcement's row is; null for replies and for whoever was forgotten.
alter table outbox add column person text;
-- Unit of that person, as it was when the row was written.
alter table outbox add column unit text not null default '';
-- When they pressed "read", and which option of a poll they chose.
alter table outbox add column read_at text not null default '';
alter table outbox add column choice text not null default '';

-- One row for each person.
create unique index outbox_person on outbox (announcement, person) where announcement is not null;
-- For claiming and for counting: a second index would make writing a million rows a tenth slower.
create index outbox_announced on outbox (announcement, state, channel, due_at, position)
    where announcement is not null;
-- Announcements have a list of their own for what did not arrive.
drop index outbox_unsettled;
create index outbox_unsettled on outbox (created_at)
    where state in ('failed', 'unknown') and announcement is null;

-- Who is in the audience and has no address to which anything could go.
create table unreached (
    announcement text not null references announcement (id),
    person text,
    unit text not null,
    reason text not null
);
create unique index unreached_person on unreached (announcement, person);
create index unreached_of on unreached (person);

-- What a person wants to receive: of one topic, or of all that have no line of their own.
create table subscription (
    person text not null references person (id),
    topic text not null,
    -- all, important, urgent, none
    level text not null,
    primary key (person, topic)
);

-- Messages with a name, which the next of that name replaces.
create table post (
    channel text not null,
    chat text not null,
    name text not null,
    -- Id of the row that carries it.
    outbox text not null,
    primary key (channel, chat, name)
);

create index role_person on role (person);
