-- Lines of an earlier register are imported through the same stages as devices.
alter table import_run drop constraint import_run_kind_check;
alter table import_run add constraint import_run_kind_check check (kind in ('devices', 'nomenclature', 'register'));
alter table import_mapping drop constraint import_mapping_kind_check;
alter table import_mapping add constraint import_mapping_kind_check check (kind in ('devices', 'nomenclature', 'register'));
