-- What the hospital has: models (true once for all their devices) and devices (each with its own life).

alter table unit add constraint unit_of_establishment_key unique (id, establishment_id);
alter table room add constraint room_of_establishment_key unique (id, establishment_id);

create table device_model (
    id                           uuid primary key,
    common_name                  text,
    trade_name                   text,
    reference                    text,
    manufacturer_id              uuid,
    authorised_representative_id uuid,
    importer_id                  uuid,
    distributor_id               uuid,
    qualification                text,
    regulation                   text,
    risk_class                   text,
    class_suffixes               text[] not null default '{}',
    class_rule                   text,
    class_source                 text,
    risk_class_stated            text,
    is_in_house                  boolean not null default false,
    in_house_basis               text,
    ce_mark                      boolean,
    notified_body                text,
    basic_udi_di                 text,
    intended_purpose             text,
    is_dmn                       boolean,
    is_ai                        boolean,
    is_ionising                  boolean,
    regulated_family             text,
    is_implantable               boolean,
    is_measuring                 boolean,
    is_imaging                   boolean,
    is_laser                     boolean,
    is_sterile                   boolean,
    is_single_use                boolean,
    is_networked                 boolean,
    stores_personal_data         boolean,
    electrical_class             text,
    applied_parts                text,
    expected_life_years          integer,
    sale_ends_on                 date,
    parts_support_ends_on        date,
    software_support_ends_on     date,
    security_support_ends_on     date,
    training_required            boolean,
    training_note                text,
    cleaning_note                text,
    note                         text,
    replaced_by_id               uuid,
    withdrawn_on                 date,
    version                      integer not null,
    constraint device_model_manufacturer_fkey foreign key (manufacturer_id) references organisation,
    constraint device_model_representative_fkey foreign key (authorised_representative_id) references organisation,
    constraint device_model_importer_fkey foreign key (importer_id) references organisation,
    constraint device_model_distributor_fkey foreign key (distributor_id) references organisation,
    constraint device_model_replaced_by_fkey foreign key (replaced_by_id) references device_model,
    constraint device_model_named_check check (num_nonnulls(common_name, trade_name, reference) >= 1),
    constraint device_model_common_name_check check (length(btrim(common_name)) between 1 and 300),
    constraint device_model_trade_name_check check (length(btrim(trade_name)) between 1 and 300),
    constraint device_model_reference_check check (length(btrim(reference)) between 1 and 200),
    constraint device_model_qualification_check check (qualification in ('device', 'ivd', 'accessory', 'custom_made', 'not_dm')),
    constraint device_model_regulation_check check (regulation in ('mdr', 'ivdr', 'mdd', 'aimdd', 'ivdd', 'not_dm')),
    constraint device_model_risk_class_check check (
        risk_class is null
        or (regulation in ('mdr', 'mdd') and risk_class in ('I', 'IIa', 'IIb', 'III'))
        or (regulation = 'ivdr' and risk_class in ('A', 'B', 'C', 'D'))
        or (regulation = 'ivdd' and risk_class in ('list_a', 'list_b', 'self_test', 'other'))
        or (regulation = 'aimdd' and risk_class = 'dmia')),
    constraint device_model_class_needs_regulation_check check (risk_class is null or regulation is not null),
    constraint device_model_class_suffixes_check check (
        coalesce(class_suffixes = '{}'
             or (regulation = 'mdr' and risk_class = 'I' and class_suffixes <@ array['sterile', 'measuring', 'reusable_surgical'])
             or (regulation = 'mdd' and risk_class = 'I' and class_suffixes <@ array['sterile', 'measuring'])
             or (regulation = 'ivdr' and risk_class = 'A' and class_suffixes = array['sterile']), false)),
    constraint device_model_class_source_check check (class_source in ('label', 'instructions', 'declaration', 'certificate', 'eudamed', 'manufacturer', 'other')),
    constraint device_model_qualified_check check (qualification is null or regulation is null
        or (qualification = 'not_dm') = (regulation = 'not_dm')),
    constraint device_model_in_house_check check (in_house_basis is null or is_in_house),
    constraint device_model_notified_body_check check (notified_body ~ '^[0-9]{4}$'),
    constraint device_model_family_check check (regulated_family in
        ('radiodiagnostic', 'mammography', 'bone_densitometry', 'radiotherapy', 'nuclear_medicine', 'other_ionising')),
    constraint device_model_electrical_class_check check (electrical_class in ('I', 'II', 'internal')),
    constraint device_model_applied_parts_check check (applied_parts in ('none', 'B', 'BF', 'CF')),
    constraint device_model_expected_life_check check (expected_life_years between 1 and 60),
    constraint device_model_replaced_check check (replaced_by_id <> id)
);
comment on table device_model is 'What is true of every device of a kind: names, maker, regulation and class, flags, ends of support. Shared by the group; a null flag means nobody has said.';
comment on column device_model.risk_class is 'Only with its regulation: a class alone means nothing.';
comment on column device_model.risk_class_stated is 'The class as a file wrote it, when its regulation is not known.';
comment on column device_model.regulated_family is 'Family of annex I § 1 to 4 of the arrêté of 3 March 2003 (image chain, radiotherapy, nuclear medicine, other ionising); null = none declared.';
create unique index device_model_known_once_key on device_model
    (manufacturer_id, plain(coalesce(trade_name, common_name, '')), plain(coalesce(reference, ''))) nulls not distinct;
create index device_model_common_name_idx on device_model (coalesce(common_name, '') collate "fr-x-icu", id);
create index device_model_trade_name_idx on device_model (coalesce(trade_name, '') collate "fr-x-icu", id);
create index device_model_reference_idx on device_model (coalesce(reference, ''), id);
create index device_model_manufacturer_idx on device_model (manufacturer_id);
create index device_model_class_idx on device_model (coalesce(regulation, ''), coalesce(risk_class, ''), id);
create index device_model_search_idx on device_model using gin
    (plain(coalesce(trade_name, '') || ' ' || coalesce(common_name, '') || ' ' || coalesce(reference, '')) gin_trgm_ops);
select audited('device_model');

create table model_periodicity (
    id              uuid primary key,
    model_id        uuid not null,
    operation       text not null,
    interval_value  integer,
    interval_unit   text,
    counter         text,
    counter_limit   bigint,
    document_id     uuid,
    document_page   text,
    constraint model_periodicity_model_fkey foreign key (model_id) references device_model,
    constraint model_periodicity_document_fkey foreign key (document_id) references document,
    constraint model_periodicity_interval_check check ((interval_value is null) = (interval_unit is null) and interval_value > 0),
    constraint model_periodicity_unit_check check (interval_unit in ('days', 'weeks', 'months', 'years')),
    constraint model_periodicity_counter_check check ((counter is null) = (counter_limit is null)),
    constraint model_periodicity_something_check check (num_nonnulls(interval_value, counter_limit) >= 1)
);
comment on table model_periodicity is 'What the manufacturer asks for and how often, with the page of the instructions that says it.';
create index model_periodicity_model_idx on model_periodicity (model_id);
select audited('model_periodicity', parent => 'model_id');

create table nomenclature_term (
    id          uuid primary key,
    system      text not null,
    code        text not null,
    edition     text not null,
    label       text,
    parent_code text,
    is_leaf     boolean,
    constraint nomenclature_term_code_key unique (system, code, edition),
    constraint nomenclature_term_system_check check (system in
        ('emdn', 'cnd', 'gmdn', 'umdns', 'cneh', 'cladimed', 'lpp', 'local')),
    constraint nomenclature_term_code_check check (length(btrim(code)) between 1 and 60)
);
comment on table nomenclature_term is 'A term of a nomenclature (EMDN, GMDN, UMDNS, CNEH, CLADIMED, LPP, local) in one edition. A code met in a file before its nomenclature is loaded has no label; its edition is then empty text.';
create index nomenclature_term_parent_idx on nomenclature_term (system, parent_code);
create index nomenclature_term_search_idx on nomenclature_term using gin (plain(code || ' ' || coalesce(label, '')) gin_trgm_ops);
select audited('nomenclature_term');

create table model_code (
    id       uuid primary key,
    model_id uuid not null,
    term_id  uuid not null,
    source   text,
    constraint model_code_model_fkey foreign key (model_id) references device_model,
    constraint model_code_term_fkey foreign key (term_id) references nomenclature_term,
    constraint model_code_once_key unique (model_id, term_id)
);
comment on table model_code is 'The nomenclature terms of a model: several systems, several editions.';
create index model_code_term_idx on model_code (term_id);
select audited('model_code', parent => 'model_id');

create table udi_di (
    id                uuid primary key,
    model_id          uuid not null,
    issuer            text not null,
    code              text not null,
    level             text not null,
    contains_id       uuid,
    contains_quantity integer,
    ends_on           date,
    constraint udi_di_model_fkey foreign key (model_id) references device_model,
    constraint udi_di_code_key unique (issuer, code),
    constraint udi_di_of_model_key unique (id, model_id),
    constraint udi_di_contains_fkey foreign key (contains_id, model_id) references udi_di (id, model_id),
    constraint udi_di_issuer_check check (issuer in ('gs1', 'hibcc', 'iccbba', 'ifa', 'eudamed')),
    constraint udi_di_level_check check (level in ('unit_of_use', 'base', 'package')),
    constraint udi_di_code_check check (length(code) between 6 and 35),
    constraint udi_di_contains_check check ((contains_id is null) = (contains_quantity is null) and contains_quantity > 0),
    constraint udi_di_contains_self_check check (contains_id <> id),
    constraint udi_di_package_check check (contains_id is null or level = 'package')
);
comment on table udi_di is 'A device identifier of a model at one packaging level; a package says what it contains and how many.';
create index udi_di_model_idx on udi_di (model_id);
create index udi_di_code_idx on udi_di (code);
select audited('udi_di', parent => 'model_id');

create table software_version (
    id                       uuid primary key,
    model_id                 uuid not null,
    name                     text not null,
    number                   text not null,
    released_on              date,
    support_ends_on          date,
    security_support_ends_on date,
    note                     text,
    version                  integer not null,
    constraint software_version_model_fkey foreign key (model_id) references device_model,
    constraint software_version_once_key unique (model_id, name, number),
    constraint software_version_of_model_key unique (id, model_id),
    constraint software_version_name_check check (length(btrim(name)) between 1 and 200),
    constraint software_version_number_check check (length(btrim(number)) between 1 and 100)
);
comment on table software_version is 'A version of the software of a model, written as the manufacturer writes it: what advisories, SBOM and validations are about.';
select audited('software_version', parent => 'model_id');

create table device (
    id                         uuid primary key,
    establishment_id           uuid not null,
    unit_id                    uuid,
    room_id                    uuid,
    place_detail               text,
    model_id                   uuid not null,
    software_version_id        uuid,
    inventory_number           text not null,
    label_code                 text not null,
    local_name                 text,
    serial_number              text,
    serial_unknown_reason      text,
    lot_number                 text,
    udi_raw                    bytea,
    udi_text                   text,
    udi_issuer                 text,
    udi_di                     text,
    udi_understood             jsonb,
    udi_status                 text,
    udi_parser_version         text,
    supplier_id                uuid,
    owner_id                   uuid,
    holding                    text,
    holding_reference          text,
    holding_start_date         date,
    holding_start_date_text    text,
    holding_end_date           date,
    holding_end_date_text      text,
    manufacture_date           date,
    manufacture_date_text      text,
    purchase_date              date,
    purchase_date_text         text,
    delivery_date              date,
    delivery_date_text         text,
    acceptance_date            date,
    acceptance_date_text       text,
    first_service_date         date,
    first_service_date_text    text,
    local_service_date         date,
    local_service_date_text    text,
    aptitude_date              date,
    regular_service_date       date,
    warranty_end_date          date,
    warranty_end_date_text     text,
    asset_number               text,
    account_code               text,
    market_number              text,
    order_number               text,
    price_cents                bigint,
    price_text                 text,
    parent_id                  uuid,
    is_dmn                     boolean,
    is_ai                      boolean,
    dmn_scope                  text,
    is_connected               boolean,
    network_zone               text,
    remote_access              text,
    remote_access_note         text,
    stores_data_locally        boolean,
    stores_data_remotely       boolean,
    data_encrypted             boolean,
    storage_media              text,
    exceptions_reason          text,
    maintenance_criticality    text,
    care_criticality           text,
    cyber_criticality          text,
    end_of_exploitation_date   date,
    end_of_exploitation_date_text text,
    end_reason                 text,
    destination                text,
    register_retained_until    date,
    note                       text,
    state                      text not null,
    state_since                timestamptz,
    taken_over                 boolean not null,
    recorded_at                timestamptz not null,
    recorded_by                uuid,
    annulled_at                timestamptz,
    annulled_by                uuid,
    annulled_reason            text,
    version                    integer not null,
    constraint device_establishment_fkey foreign key (establishment_id) references establishment,
    constraint device_unit_fkey foreign key (unit_id, establishment_id) references unit (id, establishment_id),
    constraint device_room_fkey foreign key (room_id, establishment_id) references room (id, establishment_id),
    constraint device_model_fkey foreign key (model_id) references device_model,
    constraint device_software_version_fkey foreign key (software_version_id, model_id) references software_version (id, model_id),
    constraint device_supplier_fkey foreign key (supplier_id) references organisation,
    constraint device_owner_fkey foreign key (owner_id) references organisation,
    constraint device_recorded_by_fkey foreign key (recorded_by) references account,
    constraint device_annulled_by_fkey foreign key (annulled_by) references account,
    constraint device_of_establishment_key unique (id, establishment_id),
    constraint device_parent_fkey foreign key (parent_id, establishment_id) references device (id, establishment_id) deferrable initially deferred,
    constraint device_parent_self_check check (parent_id <> id),
    constraint device_label_code_key unique (label_code),
    constraint device_label_code_check check (label_code ~ '^[23456789ABCDEFGHJKLMNPQRSTUVWXYZ]{8}$'),
    constraint device_inventory_number_check check (length(btrim(inventory_number)) between 1 and 60 and inventory_number = btrim(inventory_number)),
    constraint device_serial_number_check check (length(btrim(serial_number)) between 1 and 120),
    constraint device_serial_unknown_check check (serial_number is null or serial_unknown_reason is null),
    constraint device_udi_issuer_check check (udi_issuer in ('gs1', 'hibcc', 'iccbba', 'ifa', 'eudamed')),
    constraint device_udi_status_check check (udi_status in ('understood', 'warnings', 'ambiguous', 'not_understood')),
    constraint device_udi_kept_check check (udi_understood is null or num_nonnulls(udi_raw, udi_text) >= 1),
    constraint device_holding_check check (holding in
        ('purchase', 'rental', 'provision', 'consignment', 'loan', 'trial', 'lease', 'donation', 'research', 'transfer', 'in_house')),
    constraint device_holding_period_check check (holding_end_date is null or holding_start_date is null or holding_end_date >= holding_start_date),
    constraint device_holding_start_check check (num_nonnulls(holding_start_date, holding_start_date_text) <= 1),
    constraint device_holding_end_check check (num_nonnulls(holding_end_date, holding_end_date_text) <= 1),
    constraint device_manufacture_date_check check (num_nonnulls(manufacture_date, manufacture_date_text) <= 1),
    constraint device_purchase_date_check check (num_nonnulls(purchase_date, purchase_date_text) <= 1),
    constraint device_delivery_date_check check (num_nonnulls(delivery_date, delivery_date_text) <= 1),
    constraint device_acceptance_date_check check (num_nonnulls(acceptance_date, acceptance_date_text) <= 1),
    constraint device_first_service_date_check check (num_nonnulls(first_service_date, first_service_date_text) <= 1),
    constraint device_local_service_date_check check (num_nonnulls(local_service_date, local_service_date_text) <= 1),
    constraint device_warranty_end_date_check check (num_nonnulls(warranty_end_date, warranty_end_date_text) <= 1),
    constraint device_end_of_exploitation_check check (num_nonnulls(end_of_exploitation_date, end_of_exploitation_date_text) <= 1),
    constraint device_price_check check (price_cents >= 0),
    constraint device_price_text_check check (num_nonnulls(price_cents, price_text) <= 1),
    constraint device_remote_access_check check (remote_access in ('none', 'vpn', 'vendor_gateway', 'remote_desktop', 'modem', 'other')),
    constraint device_maintenance_criticality_check check (maintenance_criticality in ('low', 'medium', 'high', 'vital')),
    constraint device_care_criticality_check check (care_criticality in ('low', 'medium', 'high', 'vital')),
    constraint device_cyber_criticality_check check (cyber_criticality in ('low', 'medium', 'high', 'vital')),
    constraint device_destination_check check (destination in
        ('destroyed', 'sold', 'donated', 'returned', 'transferred', 'parts', 'lost', 'stolen', 'burnt', 'unknown')),
    constraint device_state_check check (state in
        ('requested', 'sourcing', 'acquiring', 'ordered', 'received', 'acceptance', 'in_service', 'lent', 'in_maintenance', 'broken',
         'quarantined', 'suspended_quality', 'suspended_cyber', 'stored', 'on_trial', 'decommissioning', 'data_destroyed', 'no_data', 'disposed')),
    constraint device_state_since_check check (state_since is not null or taken_over),
    constraint device_annulled_check check ((annulled_at is null) = (annulled_reason is null))
);
comment on table device is 'A medical device the establishment exploits, whoever owns it. Its state changes only by named transitions; entered by mistake it is annulled, never deleted.';
comment on column device.place_detail is 'Where it stands within the unit or room, or the place as a file gave it.';
comment on column device.label_code is 'The eight characters of the label''s QR code: no 0, O, 1 or I, which people misread.';
comment on column device.first_service_date_text is 'What was written where a day was expected (« Antes de 2003 »): the day stays unknown, the words are kept. Likewise for the other dates.';
comment on column device.owner_id is 'The owner where it is not the establishment itself.';
comment on column device.is_dmn is 'Null inherits from the model; a value is an exception, with its reason in exceptions_reason. Likewise is_ai.';
comment on column device.taken_over is 'Entered with its state from an earlier inventory: « reprise, preuves non vérifiées ».';
comment on column device.state_since is 'Null for a device taken over whose file does not say since when.';
create unique index device_inventory_number_key on device (establishment_id, inventory_number) where annulled_at is null;
create index device_serial_idx on device (model_id, serial_number) where annulled_at is null;
create index device_unit_idx on device (unit_id);
create index device_room_idx on device (room_id) where room_id is not null;
create index device_parent_idx on device (parent_id) where parent_id is not null;
create index device_running_software_idx on device (software_version_id) where software_version_id is not null;
create index device_supplier_idx on device (supplier_id) where supplier_id is not null;
create index device_owner_idx on device (owner_id) where owner_id is not null;
create index device_by_inventory_number_idx on device (establishment_id, inventory_number, id);
create index device_by_serial_idx on device (establishment_id, coalesce(serial_number, ''), id);
create index device_by_state_idx on device (establishment_id, state, id);
create index device_by_first_service_idx on device (establishment_id, coalesce(first_service_date, date '-infinity'), id);
create index device_by_recorded_idx on device (recorded_at, id);
create index device_holding_end_idx on device (holding_end_date) where holding_end_date is not null and annulled_at is null;
create index device_udi_di_idx on device (udi_di) where udi_di is not null;
create index device_inventory_number_upper_idx on device (upper(inventory_number));
create index device_serial_upper_idx on device (upper(serial_number)) where serial_number is not null;
create index device_search_idx on device using gin
    (plain(inventory_number || ' ' || coalesce(serial_number, '') || ' ' || coalesce(lot_number, '') || ' ' || coalesce(local_name, '') || ' ' || coalesce(asset_number, '')) gin_trgm_ops);
select audited('device');

-- Disposal ends a life in the registry and starts the register's retention: until the proofs of
-- decommissioning exist, no way of writing leads there but the take-over of an earlier inventory.
create function guard_device_life() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'a device is annulled or disposed of, never deleted' using errcode = 'restrict_violation';
    end if;
    if tg_op = 'INSERT' and new.state in ('decommissioning', 'data_destroyed', 'no_data', 'disposed') and not new.taken_over then
        raise exception 'a device enters the inventory before it leaves it' using errcode = 'check_violation', constraint = 'device_disposal_check';
    end if;
    if tg_op = 'UPDATE' and new.state <> old.state and (new.state in ('disposed', 'data_destroyed') or old.state = 'disposed') then
        raise exception 'disposal needs its proofs' using errcode = 'check_violation', constraint = 'device_disposal_check';
    end if;
    return new;
end $$;
create trigger device_life before insert or update of state or delete on device for each row execute function guard_device_life();

alter table access_grant add constraint access_grant_device_fkey foreign key (device_id) references device;

create table device_identifier (
    id          uuid primary key,
    device_id   uuid not null,
    kind        text not null,
    value       text not null,
    valid_from  timestamptz,
    valid_to    timestamptz,
    reason      text,
    recorded_at timestamptz not null,
    recorded_by uuid,
    constraint device_identifier_device_fkey foreign key (device_id) references device,
    constraint device_identifier_recorded_by_fkey foreign key (recorded_by) references account,
    constraint device_identifier_kind_check check (kind in
        ('inventory_number', 'serial_number', 'lot_number', 'udi', 'label_code', 'old_label', 'old_system', 'asset_number', 'rfid', 'dicom_ae', 'supplier_number', 'other')),
    constraint device_identifier_value_check check (length(btrim(value)) between 1 and 200),
    constraint device_identifier_period_check check (valid_to is null or valid_from is null or valid_to >= valid_from),
    constraint device_identifier_former_check check (valid_to is not null or kind not in ('inventory_number', 'serial_number', 'lot_number', 'udi', 'label_code')),
    constraint device_identifier_reason_check check (valid_to is null or reason is not null)
);
comment on table device_identifier is 'The identifiers a device had before (with why they changed) and those it has besides its own columns: old labels, number in the former system, RFID… A standard exchange changes the serial, not the device.';
create index device_identifier_device_idx on device_identifier (device_id, id);
create index device_identifier_value_idx on device_identifier (upper(value));
create unique index device_identifier_current_key on device_identifier (device_id, kind, value) where valid_to is null;
select audited('device_identifier', parent => 'device_id');

create table device_interface (
    id           uuid primary key,
    device_id    uuid not null,
    position     integer not null,
    label        text,
    mac          macaddr,
    ip           inet,
    vlan         text,
    host_name    text,
    is_wireless  boolean,
    is_dynamic   boolean,
    constraint device_interface_device_fkey foreign key (device_id) references device,
    constraint device_interface_position_key unique (device_id, position),
    constraint device_interface_position_check check (position between 1 and 99),
    constraint device_interface_something_check check (num_nonnulls(mac, ip, vlan, host_name, label) >= 1)
);
comment on table device_interface is 'A network interface of a device: addresses, VLAN, host name. Position 1 is the main one.';
create index device_interface_mac_idx on device_interface (mac) where mac is not null;
create index device_interface_ip_idx on device_interface (ip) where ip is not null;
create index device_interface_host_idx on device_interface (plain(host_name)) where host_name is not null;
select audited('device_interface', parent => 'device_id');

create table device_software (
    id                  uuid primary key,
    device_id           uuid not null,
    software_version_id uuid not null,
    installed_on        date,
    installed_on_text   text,
    installed_by        text,
    file_hash           text,
    reason              text,
    recorded_at         timestamptz not null,
    recorded_by         uuid,
    constraint device_software_device_fkey foreign key (device_id) references device,
    constraint device_software_version_fkey foreign key (software_version_id) references software_version,
    constraint device_software_recorded_by_fkey foreign key (recorded_by) references account,
    constraint device_software_installed_check check (num_nonnulls(installed_on, installed_on_text) <= 1)
);
comment on table device_software is 'Software versions installed on a device over time; lines are added, never changed. The one it runs is device.software_version_id.';
create index device_software_device_idx on device_software (device_id, id);
create index device_software_version_idx on device_software (software_version_id);
select append_only('device_software');
select audited('device_software', parent => 'device_id');

create table device_state_change (
    id          uuid primary key,
    device_id   uuid not null,
    transition  text not null,
    from_state  text,
    to_state    text not null,
    at          timestamptz not null,
    actor_id    uuid,
    reason      text,
    cause_type  text,
    cause_id    uuid,
    constraint device_state_change_device_fkey foreign key (device_id) references device,
    constraint device_state_change_actor_fkey foreign key (actor_id) references account,
    constraint device_state_change_cause_check check ((cause_type is null) = (cause_id is null))
);
comment on table device_state_change is 'Every change of state of a device: by which transition, when, by whom, why and because of what.';
create index device_state_change_device_idx on device_state_change (device_id, id desc);
select append_only('device_state_change');
select audited('device_state_change', parent => 'device_id');

create table device_movement (
    id                    uuid primary key,
    device_id             uuid not null,
    at                    timestamptz not null,
    from_establishment_id uuid not null,
    from_unit_id          uuid,
    from_room_id          uuid,
    from_detail           text,
    to_establishment_id   uuid not null,
    to_unit_id            uuid,
    to_room_id            uuid,
    to_detail             text,
    reason                text,
    actor_id              uuid,
    constraint device_movement_device_fkey foreign key (device_id) references device,
    constraint device_movement_from_establishment_fkey foreign key (from_establishment_id) references establishment,
    constraint device_movement_from_unit_fkey foreign key (from_unit_id) references unit,
    constraint device_movement_from_room_fkey foreign key (from_room_id) references room,
    constraint device_movement_to_establishment_fkey foreign key (to_establishment_id) references establishment,
    constraint device_movement_to_unit_fkey foreign key (to_unit_id, to_establishment_id) references unit (id, establishment_id),
    constraint device_movement_to_room_fkey foreign key (to_room_id, to_establishment_id) references room (id, establishment_id),
    constraint device_movement_actor_fkey foreign key (actor_id) references account,
    constraint device_movement_moves_check check (
        (from_establishment_id, from_unit_id, from_room_id, from_detail) is distinct from (to_establishment_id, to_unit_id, to_room_id, to_detail))
);
comment on table device_movement is 'Where a device went from and to, when and why: the history of « localisation » (art. R.5212-28 1° CSP).';
create index device_movement_device_idx on device_movement (device_id, id desc);
select append_only('device_movement');
select audited('device_movement', parent => 'device_id');

create table device_loan (
    id                        uuid primary key,
    device_id                 uuid not null,
    borrower_unit_id          uuid,
    borrower_establishment_id uuid,
    borrower_organisation_id  uuid,
    borrower_name             text,
    lent_at                   timestamptz not null,
    due_on                    date not null,
    reason                    text,
    lent_by                   uuid,
    returned_at               timestamptz,
    returned_by               uuid,
    return_note               text,
    constraint device_loan_device_fkey foreign key (device_id) references device,
    constraint device_loan_borrower_unit_fkey foreign key (borrower_unit_id) references unit,
    constraint device_loan_borrower_establishment_fkey foreign key (borrower_establishment_id) references establishment,
    constraint device_loan_borrower_organisation_fkey foreign key (borrower_organisation_id) references organisation,
    constraint device_loan_lent_by_fkey foreign key (lent_by) references account,
    constraint device_loan_returned_by_fkey foreign key (returned_by) references account,
    constraint device_loan_borrower_check check (num_nonnulls(borrower_unit_id, borrower_establishment_id, borrower_organisation_id) <= 1
        and num_nonnulls(borrower_unit_id, borrower_establishment_id, borrower_organisation_id, borrower_name) >= 1),
    constraint device_loan_returned_check check (returned_at is null or returned_at >= lent_at)
);
comment on table device_loan is 'A device lent: to whom, until when, and its return. A loan past its day is shown to both sides.';
create unique index device_loan_open_key on device_loan (device_id) where returned_at is null;
create index device_loan_device_idx on device_loan (device_id, id desc);
create index device_loan_due_idx on device_loan (due_on) where returned_at is null;
select audited('device_loan', parent => 'device_id');

create table device_item_justification (
    id           uuid primary key,
    device_id    uuid not null,
    item         text not null,
    reason       text not null,
    justified_at timestamptz not null,
    justified_by uuid,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    constraint device_item_justification_device_fkey foreign key (device_id) references device,
    constraint device_item_justification_by_fkey foreign key (justified_by) references account,
    constraint device_item_justification_withdrawn_by_fkey foreign key (withdrawn_by) references account,
    constraint device_item_justification_item_check check (item in
        ('common_name', 'trade_name', 'manufacturer', 'supplier', 'serial_number', 'location', 'first_service_date')),
    constraint device_item_justification_reason_check check (length(btrim(reason)) >= 5)
);
comment on table device_item_justification is 'Why one of the seven items of art. R.5212-28 1° CSP does not apply to a device: « sans objet, justifié », by whom and when.';
create unique index device_item_justification_open_key on device_item_justification (device_id, item) where withdrawn_at is null;
select audited('device_item_justification', parent => 'device_id');

create table device_fact (
    id        uuid primary key,
    device_id uuid not null,
    kind      text not null,
    value     text not null,
    sort_key  text not null,
    due_on    date,
    constraint device_fact_device_fkey foreign key (device_id) references device,
    constraint device_fact_kind_key unique (device_id, kind),
    constraint device_fact_kind_check check (kind ~ '^[a-z][a-z0-9_.]{1,60}$')
);
comment on table device_fact is 'What other domains know of a device, in the few words a list shows, sorts and filters on; written by the domain that knows, in the transaction in which it learns it.';
create index device_fact_kind_idx on device_fact (kind, sort_key, device_id);
create index device_fact_due_idx on device_fact (kind, due_on, device_id) where due_on is not null;
select audited('device_fact', parent => 'device_id');
