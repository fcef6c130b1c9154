-- Reminders of what is due, deadlines of the ward's own, and calendars behind links.

-- The morning on which somebody was reminded last, and the one before it.
create table morning (
    person text primary key,
    day text not null,
    before text not null
);

-- Until which day somebody wants to hear nothing of one thing.
create table snooze (
    person text not null,
    item text not null,
    until text not null,
    primary key (person, item)
);

-- What nobody is reminded of: one occurrence by its last safe day, or ('') all of them.
create table silence (
    item text not null,
    last text not null,
    by text not null,
    at text not null,
    primary key (item, last)
);

create table ward_deadline (
    id text primary key,
    -- The ward whose staff added it.
    unit text not null,
    what text not null,
    last text not null,
    -- 1: on the same day of every year.
    yearly bigint not null,
    -- staff, leaders, all
    whom text not null,
    by text not null,
    at text not null,
    ended_at text not null default ''
);

-- The calendar of a unit as one person may fetch it by a link.
create table calendar (
    key text primary key,
    person text not null,
    unit text not null,
    at text not null
);
create unique index calendar_of on calendar (person, unit);

-- The person whose reminders a message is; empty for all others.
alter table outbox add column reminds text not null default '';
create index outbox_reminds on outbox (reminds) where reminds <> '';
