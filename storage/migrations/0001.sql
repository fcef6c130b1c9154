-- People, their messages in and out, and what keeps several processes apart.
-- Times are UTC text of fixed width, so that text order is time order. `identity` is spelled for
-- PostgreSQL; the SQLite engine replaces it.

create table person (
    id text primary key,
    language text not null default '',
    notice text not null default '',
    unit text not null default '',
    locality text not null default '',
    name text not null default '',
    since text not null
);

create table address (
    channel text not null,
    chat text not null,
    person text not null references person (id),
    -- Why nothing arrives there; empty while it does.
    unreachable text not null default '',
    -- Last message from there, or last look at the page.
    seen_at text not null,
    -- Position of the newest line in this chat.
    last bigint not null default 0,
    -- No message goes there before.
    next_at text not null default '',
    primary key (channel, chat)
);
create index address_person on address (person);

create table conversation (
    person text primary key references person (id),
    flow text not null,
    step text not null,
    data text not null,
    revision bigint not null
);

create table inbox (
    position bigint generated always as identity primary key,
    channel text not null,
    key text not null,
    chat text not null,
    payload text not null,
    -- waiting, done, failed
    state text not null,
    attempts bigint not null default 0,
    reason text not null default '',
    due_at text not null,
    received_at text not null,
    unique (channel, key)
);
create index inbox_waiting on inbox (position) where state = 'waiting';
create index inbox_order on inbox (channel, chat, position) where state = 'waiting';
create index inbox_chat on inbox (channel, chat, received_at);
create index inbox_failed on inbox (position) where state = 'failed';

create table outbox (
    -- What caused it and its number among the messages of that cause: nothing is written twice.
    id text primary key,
    channel text not null,
    chat text not null,
    -- Grows within a chat, also past what was forgotten.
    position bigint not null,
    announcement text,
    body text not null,
    edits text not null default '',
    -- queued, sending, sent, failed, unknown
    state text not null,
    -- Times it was tried and demonstrably not sent; times the outcome stayed open.
    attempts bigint not null default 0,
    doubts bigint not null default 0,
    reason text not null default '',
    worker text not null default '',
    -- The platform's own id of the sent message.
    message text not null default '',
    due_at text not null,
    created_at text not null
);
create index outbox_queued on outbox (channel, due_at, position)
    where state = 'queued' and announcement is null;
create index outbox_order on outbox (channel, chat, position)
    where state in ('queued', 'sending') and announcement is null;
create index outbox_sending on outbox (worker) where state = 'sending';
create index outbox_chat on outbox (channel, chat, position);
create index outbox_unsettled on outbox (created_at) where state in ('failed', 'unknown');

-- What a person wrote, where the page shows both sides again after a reload.
create table line (
    channel text not null,
    chat text not null,
    position bigint not null,
    -- Key of the event, so that the page knows its own message again.
    key text not null,
    body text not null,
    at text not null,
    primary key (channel, chat, position)
);

-- One row a channel: no message leaves before next_at, whoever sends it.
create table pace (
    channel text primary key,
    next_at text not null
);

-- Only added to; the person is blanked when forgotten.
create table consent (
    position bigint generated always as identity primary key,
    person text not null,
    choice text not null,
    version text not null,
    at text not null
);
create index consent_person on consent (person, position);

create table question (
    position bigint generated always as identity primary key,
    folded text not null,
    entry text not null,
    kind text not null,
    score double precision not null,
    channel text not null,
    at text not null
);

create table worker (
    id text primary key,
    seen_at text not null
);
