-- Searching stays as quick when the fleet grows: devices, of which there are many, are found by how an
-- identifier begins; what there is little of has an index of its own; and what waits to enter the large
-- indexes, which every search reads through, is kept short.
create index device_inventory_code_idx on device ((search_code(inventory_number)) collate "C") where annulled_at is null;
create index device_serial_code_idx on device ((search_code(serial_number)) collate "C") where annulled_at is null;
create index search_entry_few_idx on search_entry using gin (folded gin_trgm_ops) where kind <> 'device';
create index search_entry_few_codes_idx on search_entry using gin (codes) where kind <> 'device';
alter index search_entry_folded_idx set (gin_pending_list_limit = 512);
alter index search_entry_codes_idx set (gin_pending_list_limit = 512);
