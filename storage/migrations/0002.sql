-- Units, who may act for them, and what they hand in. Days are text as 2026-03-01; an empty text is "none".
-- What refers to a unit by its code is not tied to it: papers stay when a unit is gone.

create table unit (
    -- Order of import.
    position bigint generated always as identity primary key,
    code text not null unique,
    name text not null,
    kind text not null,
    parent text not null default '',
    households bigint,
    -- JSON: true or false by name.
    attributes text not null,
    valid_from text not null default '',
    valid_to text not null default ''
);
create index unit_parent on unit (parent);

-- A person's time in a role.
create table role (
    id text primary key,
    person text not null references person (id),
    name text not null,
    role text not null,
    unit text not null,
    first text not null,
    last text not null default ''
);
create unique index role_open on role (person, role, unit) where last = '';
create index role_unit on role (unit);
create index role_role on role (role);

-- Gone when it is used.
create table invitation (
    hash text primary key,
    role text not null,
    unit text not null,
    name text not null,
    by text not null,
    expires text not null
);

create table wrong_code (
    position bigint generated always as identity primary key,
    person text not null,
    at text not null
);
create index wrong_code_person on wrong_code (person, at);

-- Gone when it is used.
create table link_code (
    hash text primary key,
    person text not null references person (id),
    expires text not null
);
create index link_code_person on link_code (person);

-- Never changed.
create table form_version (
    hash text primary key,
    form text not null,
    body text not null,
    at text not null
);

create table round (
    id text primary key,
    form text not null,
    version text not null,
    period text not null,
    -- JSON list of codes: read and written as a whole, 500 of them in 20 µs.
    units text not null,
    due text not null default '',
    signer text not null default '',
    opened_by text not null,
    opened_at text not null,
    closed_at text not null default '',
    -- JSON: text by name.
    settings text not null
);
create index round_open on round (opened_at) where closed_at = '';

create table submission (
    id text primary key,
    code text not null unique,
    form text not null,
    version text not null,
    unit text not null,
    round text not null references round (id),
    -- draft, submitted, returned, accepted, withdrawn
    state text not null,
    revision bigint not null default 0,
    by text not null,
    by_name text not null,
    given_by text not null default '',
    begun_at text not null,
    -- Last change of the state or of an answer.
    changed_at text not null
);
-- One for each unit and round; after a withdrawal there may be another.
create unique index submission_one on submission (round, unit) where state <> 'withdrawn';
create index submission_round on submission (round, state, unit);
create index submission_unit on submission (unit, changed_at);
create index submission_queue on submission (state, form, changed_at);
create index submission_by on submission (by);

create table answer (
    submission text not null references submission (id),
    path text not null,
    -- Order of first giving.
    position bigint not null,
    -- JSON.
    value text not null,
    raw text not null,
    by text not null,
    by_name text not null,
    at text not null,
    primary key (submission, path)
);
create index answer_by on answer (by);

-- Never changed.
create table snapshot (
    submission text not null references submission (id),
    number bigint not null,
    by text not null,
    at text not null,
    -- JSON: value by path.
    answers text not null,
    primary key (submission, number)
);
create index snapshot_by on snapshot (by);

create table remark (
    position bigint generated always as identity primary key,
    id text not null unique,
    submission text not null references submission (id),
    snapshot bigint not null,
    path text not null,
    reason text not null,
    by text not null,
    at text not null,
    resolved_at text not null default ''
);
create index remark_submission on remark (submission, position);
create index remark_by on remark (by);

-- Only added to; the person is blanked when forgotten.
create table audit (
    position bigint generated always as identity primary key,
    subject text not null,
    id text not null,
    action text not null,
    by text not null,
    at text not null,
    before text not null,
    after text not null
);
create index audit_subject on audit (subject, id, position);
create index audit_by on audit (by);
