-- A line that was changed where it stands: the position in its chat from which on pages know that.
alter table outbox add column changed bigint not null default 0;
create index outbox_changed on outbox (channel, chat, changed) where changed > 0;

-- JSON: by channel, what the platform calls its copy of a file that was sent there; empty where there is none.
alter table file add column copies text not null default '';
