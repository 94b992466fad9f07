-- Labels: the sheets and rolls a hospital buys, as data.

create table label_format (
    id              uuid primary key,
    code            text not null,
    name            text not null,
    kind            text not null,
    page_width_um   integer not null,
    page_height_um  integer not null,
    label_width_um  integer not null,
    label_height_um integer not null,
    columns         integer not null,
    lines           integer not null,
    left_um         integer not null,
    top_um          integer not null,
    pitch_x_um      integer not null,
    pitch_y_um      integer not null,
    withdrawn_on    date,
    version         integer not null,
    constraint label_format_code_key unique (code),
    constraint label_format_code_check check (code ~ '^[a-z0-9][a-z0-9.x-]{1,39}$'),
    constraint label_format_name_check check (length(btrim(name)) between 1 and 120),
    constraint label_format_kind_check check (kind in ('sheet', 'single')),
    constraint label_format_size_check check (label_width_um between 15000 and 210000 and label_height_um between 10000 and 297000),
    constraint label_format_page_check check (page_width_um between 15000 and 420000 and page_height_um between 10000 and 420000),
    constraint label_format_grid_check check (columns between 1 and 20 and lines between 1 and 40),
    constraint label_format_margin_check check (left_um >= 0 and top_um >= 0),
    constraint label_format_pitch_check check ((columns = 1 or pitch_x_um >= label_width_um) and (lines = 1 or pitch_y_um >= label_height_um)),
    constraint label_format_fit_check check (
        left_um + (columns - 1) * pitch_x_um + label_width_um <= page_width_um
        and top_um + (lines - 1) * pitch_y_um + label_height_um <= page_height_um),
    constraint label_format_single_check check (kind = 'sheet' or (columns = 1 and lines = 1 and left_um = 0 and top_um = 0
        and page_width_um = label_width_um and page_height_um = label_height_um))
);
comment on table label_format is 'A sheet of labels (a grid on a page) or a single label for a roll, in micrometres: what a page of labels is laid out on. Shared by the group.';
comment on column label_format.pitch_x_um is 'From the left edge of a label to the left edge of the next; as wide as the label when they touch.';
select audited('label_format');

insert into label_format (id, code, name, kind, page_width_um, page_height_um, label_width_um, label_height_um, columns, lines, left_um, top_um, pitch_x_um, pitch_y_um, version) values
    ('01950000-0000-7000-8000-00000001ab01', 'a4-3x7-63.5x38.1', 'A4, 21 étiquettes de 63,5 × 38,1 mm', 'sheet', 210000, 297000, 63500, 38100, 3, 7, 7210, 15150, 66040, 38100, 1),
    ('01950000-0000-7000-8000-00000001ab02', 'a4-3x8-70x37', 'A4, 24 étiquettes de 70 × 37 mm', 'sheet', 210000, 297000, 70000, 37000, 3, 8, 0, 500, 70000, 37000, 1),
    ('01950000-0000-7000-8000-00000001ab03', 'a4-4x10-52.5x29.7', 'A4, 40 étiquettes de 52,5 × 29,7 mm', 'sheet', 210000, 297000, 52500, 29700, 4, 10, 0, 0, 52500, 29700, 1),
    ('01950000-0000-7000-8000-00000001ab04', 'a4-5x13-38.1x21.2', 'A4, 65 étiquettes de 38,1 × 21,2 mm', 'sheet', 210000, 297000, 38100, 21200, 5, 13, 4670, 10700, 40640, 21200, 1),
    ('01950000-0000-7000-8000-00000001ab05', 'roll-50x25', 'Rouleau, étiquette de 50 × 25 mm', 'single', 50000, 25000, 50000, 25000, 1, 1, 0, 0, 50000, 25000, 1),
    ('01950000-0000-7000-8000-00000001ab06', 'roll-70x30', 'Rouleau, étiquette de 70 × 30 mm', 'single', 70000, 30000, 70000, 30000, 1, 1, 0, 0, 70000, 30000, 1),
    ('01950000-0000-7000-8000-00000001ab07', 'roll-38x19', 'Rouleau, étiquette de 38 × 19 mm', 'single', 38000, 19000, 38000, 19000, 1, 1, 0, 0, 38000, 19000, 1);
