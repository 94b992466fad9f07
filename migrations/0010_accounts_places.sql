-- What belongs together is of one establishment, and a grant is found under the place it opens.

alter table site add constraint site_of_establishment_key unique (id, establishment_id);
alter table department add constraint department_of_establishment_key unique (id, establishment_id);
alter table unit
    drop constraint unit_department_fkey,
    drop constraint unit_site_fkey,
    add constraint unit_department_fkey foreign key (department_id, establishment_id) references department (id, establishment_id),
    add constraint unit_site_fkey foreign key (site_id, establishment_id) references site (id, establishment_id);
alter table room
    drop constraint room_site_fkey,
    drop constraint room_unit_fkey,
    add constraint room_site_fkey foreign key (site_id, establishment_id) references site (id, establishment_id),
    add constraint room_unit_fkey foreign key (unit_id, establishment_id) references unit (id, establishment_id);

create index site_name_idx on site (name collate "fr-x-icu", id);
create index site_code_idx on site (code, id);
create index department_name_idx on department (name collate "fr-x-icu", id);
create index department_code_idx on department (code, id);
create index establishment_name_idx on establishment (name collate "fr-x-icu", id);
create index establishment_code_idx on establishment (code, id);
create index room_name_idx on room (name collate "fr-x-icu", id);
create index room_code_idx on room (code, id);
create index account_login_idx on account (login, id);
create index account_display_name_idx on account (display_name collate "fr-x-icu", id);
create index account_created_at_idx on account (created_at, id);
create index establishment_search_idx on establishment using gin (plain(code || ' ' || name) gin_trgm_ops);
create index site_search_idx on site using gin (plain(code || ' ' || name) gin_trgm_ops);
create index department_search_idx on department using gin (plain(code || ' ' || name) gin_trgm_ops);

-- Where a grant stands today: a unit and a device lead to their establishment; none is the whole group.
create view grant_place as
    select g.id, g.account_id,
           coalesce(g.establishment_id, u.establishment_id, d.establishment_id) as under_establishment_id,
           coalesce(g.unit_id, d.unit_id) as under_unit_id
    from access_grant g
    left join unit u on u.id = g.unit_id
    left join device d on d.id = g.device_id;
comment on view grant_place is 'The establishment and unit a grant stands under, which decide who may see and change it; null is the whole group.';

-- The places an account stands at by its grants, past ones included; the nil id stands for the whole group, and for no grant at all.
create view account_place as
    select a.id as account_id,
           coalesce(p.under_establishment_id, '00000000-0000-0000-0000-000000000000') as establishment_id,
           p.under_unit_id as unit_id
    from account a
    left join grant_place p on p.account_id = a.id;
comment on view account_place is 'Where an account may be seen from: whoever sees accounts at one of these places sees it.';

create index access_grant_establishment_idx on access_grant (establishment_id) where establishment_id is not null;
create index access_grant_unit_idx on access_grant (unit_id) where unit_id is not null;
create index access_grant_device_idx on access_grant (device_id) where device_id is not null;
