//! One object of each establishment for every route with an `{id}`.
//!
//! A new resource adds one line to [`SAMPLES`]: the path up to its last parameter, whose it is, and
//! the SQL that gives its id for the establishment whose code is `$1` (several parameters: one column
//! each). Where the tests' world holds none, [`FURNITURE`] adds one at each establishment.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

/// Whose an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Of one establishment: for the people of another it does not exist (404).
    Establishment,
    /// Of the group, seen by every holder, changed under a right over the group alone; why.
    Group(&'static str),
    /// Of one person: for the others it does not exist (404); why.
    Person(&'static str),
}

pub struct Sample {
    /// The path up to its last parameter, as the route declares it.
    pub prefix: &'static str,
    pub whose: Whose,
    /// The ids, one text column a parameter; `$1` is the establishment's code.
    pub sql: &'static str,
}

use Whose::{Establishment, Group, Person};

pub const SAMPLES: &[Sample] = &[
    Sample {
        prefix: "/accounts/establishments/{id}",
        whose: Establishment,
        sql: "select id::text from establishment where code = $1",
    },
    Sample {
        prefix: "/accounts/departments/{id}",
        whose: Establishment,
        sql: "select t.id::text from department t join establishment e on e.id = t.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/accounts/rooms/{id}",
        whose: Establishment,
        sql: "select t.id::text from room t join establishment e on e.id = t.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/accounts/sites/{id}",
        whose: Establishment,
        sql: "select t.id::text from site t join establishment e on e.id = t.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/accounts/users/{id}",
        whose: Establishment,
        sql: "select id::text from account where login = 'technician.' || lower($1)",
    },
    Sample {
        prefix: "/accounts/users/{id}/grants/{grant}",
        whose: Establishment,
        sql: "select a.id::text, g.id::text from account a join access_grant g on g.account_id = a.id where a.login = 'technician.' || lower($1)",
    },
    Sample {
        prefix: "/accounts/users/{id}/sessions/{session}",
        whose: Establishment,
        sql: "select a.id::text, s.id::text from account a join session s on s.account_id = a.id where a.login = 'technician.' || lower($1) order by s.id limit 1",
    },
    Sample {
        prefix: "/accounts/users/{id}/tokens/{token}",
        whose: Establishment,
        sql: "select a.id::text, t.id::text from account a join api_token t on t.account_id = a.id where a.login = 'technician.' || lower($1)",
    },
    Sample {
        prefix: "/accounts/profile/sessions/{session}",
        whose: Person("one closes one's own sessions"),
        sql: "select s.id::text from account a join session s on s.account_id = a.id where a.login = 'technician.' || lower($1) order by s.id limit 1",
    },
    Sample {
        prefix: "/accounts/tokens/{id}",
        whose: Person("one revokes one's own tokens"),
        sql: "select t.id::text from account a join api_token t on t.account_id = a.id where a.login = 'technician.' || lower($1)",
    },
    Sample {
        prefix: "/accounts/delegations/{id}",
        whose: Person("one ends what one gave or received"),
        sql: "select d.id::text from account a join delegation d on d.giver_id = a.id where a.login = 'technician.' || lower($1)",
    },
    Sample {
        prefix: "/accounts/links/{token}",
        whose: Person("whoever was handed the address"),
        sql: "select 'not-a-token' where $1::text is not null",
    },
    Sample {
        prefix: "/accounts/setup/{token}",
        whose: Person("whoever started the server"),
        sql: "select 'not-a-token' where $1::text is not null",
    },
    Sample {
        prefix: "/audit/rows/{id}",
        whose: Establishment,
        sql: "select t.id::text from audit_row t join establishment e on e.id = t.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/exchange/imports/{id}",
        whose: Establishment,
        sql: "select t.id::text from import_run t join establishment e on e.id = t.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/exchange/imports/{id}/rows/{line}",
        whose: Establishment,
        sql: "select t.id::text, l.number::text from import_run t join import_row l on l.run_id = t.id join establishment e on e.id = t.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/q/{code}",
        whose: Establishment,
        sql: "select d.label_code from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/register/lines/{id}",
        whose: Establishment,
        sql: "select l.id::text from register_line l join device d on d.id = l.device_id join establishment e on e.id = d.establishment_id where e.code = $1 order by l.id limit 1",
    },
    Sample {
        prefix: "/register/devices/{id}",
        whose: Establishment,
        sql: "select d.id::text from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/register/units/{id}",
        whose: Establishment,
        sql: "select u.id::text from unit u join establishment e on e.id = u.establishment_id where e.code = $1 order by u.id limit 1",
    },
    Sample {
        prefix: "/register/families/{id}",
        whose: Group(MODELS),
        sql: "select id::text from device_model where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/rules/texts/{id}",
        whose: Group("the law is the same everywhere"),
        sql: "select id::text from legal_rule where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/accounts/units/{id}",
        whose: Establishment,
        sql: "select u.id::text from unit u join establishment e on e.id = u.establishment_id where e.code = $1 order by u.id limit 1",
    },
    Sample {
        prefix: "/audit/subjects/{id}",
        whose: Establishment,
        sql: "select u.id::text from unit u join establishment e on e.id = u.establishment_id where e.code = $1 order by u.id limit 1",
    },
    Sample {
        prefix: "/documents/{id}",
        whose: Establishment,
        sql: "select d.id::text from document d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/documents/subjects/{kind}/{id}",
        whose: Establishment,
        sql: "select 'device', d.id::text from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/lists/views/{id}",
        whose: Establishment,
        sql: "select v.id::text from list_view v join establishment e on e.id = v.establishment_id where e.code = $1 order by v.id limit 1",
    },
    Sample {
        prefix: "/inventory/custom_fields/{id}",
        whose: Establishment,
        sql: "select f.id::text from custom_field f join establishment e on e.id = f.establishment_id where e.code = $1 order by f.id limit 1",
    },
    Sample {
        prefix: "/inventory/corrections/{id}",
        whose: Establishment,
        sql: "select c.id::text from correction c join establishment e on e.id = c.establishment_id where e.code = $1 order by c.id limit 1",
    },
    Sample {
        prefix: "/inventory/devices/{id}",
        whose: Establishment,
        sql: "select d.id::text from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/inventory/devices/{id}/items/{item}",
        whose: Establishment,
        sql: "select d.id::text, 'supplier' from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/inventory/devices/{id}/loans/{loan}",
        whose: Establishment,
        sql: "select d.id::text, l.id::text from device_loan l join device d on d.id = l.device_id join establishment e on e.id = d.establishment_id where e.code = $1 order by l.id limit 1",
    },
    Sample {
        prefix: "/inventory/label-formats/{id}",
        whose: Group("the group buys the same sheets"),
        sql: "select id::text from label_format where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/documents/organisation/{id}",
        whose: Establishment,
        sql: "select o.id::text from organisation_document o join establishment e on e.id = o.establishment_id where e.code = $1 order by o.id limit 1",
    },
    Sample {
        prefix: "/exchange/assets/{id}",
        whose: Establishment,
        sql: "select a.id::text from asset a join establishment e on e.id = a.establishment_id where e.code = $1 order by a.id limit 1",
    },
    Sample {
        prefix: "/inventory/certificates/{id}",
        whose: Group(MODELS),
        sql: "select id::text from certificate where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/inventory/certificates/{id}/models/{model}",
        whose: Group(MODELS),
        sql: "select certificate_id::text, model_id::text from certificate_model where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/inventory/merges/{id}",
        whose: Establishment,
        sql: "select g.id::text from record_merge g join establishment e on e.id = g.establishment_id where e.code = $1 order by g.id limit 1",
    },
    Sample {
        prefix: "/inventory/models/{id}/instructions/{instruction}",
        whose: Group(MODELS),
        sql: "select model_id::text, id::text from model_instruction where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/inventory/models/{id}",
        whose: Group(MODELS),
        sql: "select id::text from device_model where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/inventory/models/{id}/identifiers/{identifier}",
        whose: Group(MODELS),
        sql: "select model_id::text, id::text from udi_di where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/inventory/models/{id}/terms/{term}",
        whose: Group(MODELS),
        sql: "select model_id::text, term_id::text from model_code where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/maintenance/obligations/{id}",
        whose: Establishment,
        sql: "select o.id::text from obligation o join establishment e on e.id = o.establishment_id where e.code = $1 order by o.id limit 1",
    },
    Sample {
        prefix: "/maintenance/obligations/{id}/triggers/{trigger}",
        whose: Establishment,
        sql: "select o.id::text, t.id::text from obligation o join establishment e on e.id = o.establishment_id join obligation_trigger t on t.obligation_id = o.id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/maintenance/due/{id}",
        whose: Establishment,
        sql: "select x.id::text from device_obligation x join device d on d.id = x.device_id join establishment e on e.id = d.establishment_id where e.code = $1 order by x.id limit 1",
    },
    Sample {
        prefix: "/maintenance/due/{id}/deferrals/{deferral}",
        whose: Establishment,
        sql: "select x.id::text, f.id::text from obligation_deferral f join device_obligation x on x.device_id = f.device_id and x.obligation_id = f.obligation_id join device d on d.id = x.device_id join establishment e on e.id = d.establishment_id where e.code = $1 order by f.id limit 1",
    },
    Sample {
        prefix: "/maintenance/obligations/{id}/steps/{step}",
        whose: Establishment,
        sql: "select o.id::text, t.id::text from obligation o join establishment e on e.id = o.establishment_id join checklist_step t on t.obligation_id = o.id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/maintenance/nonconformities/{id}",
        whose: Establishment,
        sql: "select n.id::text from nonconformity n join device d on d.id = n.device_id join establishment e on e.id = d.establishment_id where e.code = $1 order by n.id limit 1",
    },
    Sample {
        prefix: "/maintenance/test-tools/{id}",
        whose: Establishment,
        sql: "select t.id::text from test_tool t join device d on d.id = t.device_id join establishment e on e.id = d.establishment_id where e.code = $1 order by t.id limit 1",
    },
    Sample {
        prefix: "/contracts/agreements/{id}/lines/{line}",
        whose: Establishment,
        sql: "select a.id::text, l.id::text from agreement a join establishment e on e.id = a.establishment_id join agreement_line l on l.agreement_id = a.id where e.code = $1 order by l.id limit 1",
    },
    Sample {
        prefix: "/contracts/agreements/{id}",
        whose: Establishment,
        sql: "select a.id::text from agreement a join establishment e on e.id = a.establishment_id where e.code = $1 order by a.id limit 1",
    },
    Sample {
        prefix: "/maintenance/interventions/{id}",
        whose: Establishment,
        sql: "select i.id::text from intervention i join establishment e on e.id = i.establishment_id where e.code = $1 order by i.id limit 1",
    },
    Sample {
        prefix: "/maintenance/reports/{code}",
        whose: Person("whoever stands before the device and reads its label"),
        sql: "select d.label_code from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/maintenance/calendars/{token}",
        whose: Person("whoever was given the address of the calendar"),
        sql: "select 'agenda-de-la-maison' where $1::text is not null",
    },
    Sample {
        prefix: "/maintenance/feeds/{id}",
        whose: Person("the owner of the calendar"),
        sql: "select f.id::text from calendar_feed f where $1::text is not null order by f.id limit 1",
    },
    Sample {
        prefix: "/maintenance/receipts/{token}",
        whose: Person("whoever was given the receipt"),
        sql: "select i.receipt_token from intervention i join establishment e on e.id = i.establishment_id where e.code = $1 and i.receipt_token is not null order by i.id limit 1",
    },
    Sample {
        prefix: "/maintenance/devices/{id}",
        whose: Establishment,
        sql: "select d.id::text from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1",
    },
    Sample {
        prefix: "/parties/contacts/{id}",
        whose: Establishment,
        sql: "select c.id::text from contact c join establishment e on e.id = c.establishment_id where e.code = $1 order by c.id limit 1",
    },
    Sample {
        prefix: "/parties/organisations/{id}",
        whose: Group(PARTIES),
        sql: "select id::text from organisation where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/parties/organisations/{id}/aliases/{alias}",
        whose: Group(PARTIES),
        sql: "select organisation_id::text, id::text from organisation_alias where $1::text is not null order by id limit 1",
    },
    Sample {
        prefix: "/parties/organisations/{id}/successions/{succession}",
        whose: Group(PARTIES),
        sql: "select predecessor_id::text, id::text from organisation_succession where $1::text is not null order by id limit 1",
    },
];

const MODELS: &str = "a model is what it is everywhere";
const PARTIES: &str = "there is one Philips, whatever each hospital writes";

impl Sample {
    /// The sample of a route: the longest prefix that names all its parameters.
    pub fn of(path: &str) -> Option<&'static Sample> {
        let last = path.rfind('}')?;
        SAMPLES.iter().find(|s| s.prefix == &path[..=last])
    }

    /// The ids at an establishment; `None` when the world has no such object there.
    pub async fn values(&self, conn: &mut PgConnection, code: &str) -> Option<Vec<String>> {
        let row: Option<PgRow> = sqlx::query(self.sql)
            .bind(code)
            .fetch_optional(conn)
            .await
            .unwrap_or_else(|e| {
                panic!(
                    "the sample of {} in tests/it/house/samples.rs: {e}",
                    self.prefix
                )
            });
        row.map(|r| {
            (0..r.len())
                .map(|i| {
                    r.try_get(i).unwrap_or_else(|e| {
                        panic!("the sample of {} must be texts: {e}", self.prefix)
                    })
                })
                .collect()
        })
    }
}

/// What the world lacks, written behind the application: one of each at both establishments.
pub const FURNITURE: &str = r#"
    insert into organisation (id, name, roles, version) values
        ('01950000-0000-7000-8000-00000000f001', 'Fabricant de la maison', '{manufacturer}', 1),
        ('01950000-0000-7000-8000-00000000f011', 'Successeur de la maison', '{manufacturer}', 1)
    on conflict do nothing;
    insert into organisation_alias (id, organisation_id, name, kind)
    values ('01950000-0000-7000-8000-00000000f003', '01950000-0000-7000-8000-00000000f001', 'Fab. de la maison', 'spelling');
    insert into organisation_succession (id, predecessor_id, successor_id, kind)
    values ('01950000-0000-7000-8000-00000000f004', '01950000-0000-7000-8000-00000000f001', '01950000-0000-7000-8000-00000000f011', 'acquired');
    insert into contact (id, organisation_id, establishment_id, function, name, email, version)
    select gen_random_uuid(), '01950000-0000-7000-8000-00000000f001', e.id, 'support', 'Contact ' || e.code, 'contact@example.org', 1 from establishment e;

    insert into site (id, establishment_id, code, name, version)
    select gen_random_uuid(), e.id, 'MAISON', 'Site de la maison', 1 from establishment e;
    insert into department (id, establishment_id, code, name, version)
    select gen_random_uuid(), e.id, 'MAISON', 'Pôle de la maison', 1 from establishment e;
    insert into room (id, establishment_id, site_id, code, name, version)
    select gen_random_uuid(), s.establishment_id, s.id, 'MAISON', 'Local de la maison', 1 from site s where s.code = 'MAISON';
    insert into session (id, token_hash, account_id, created_at, last_seen_at, expires_at)
    select gen_random_uuid(), sha256(login::bytea), id, '2026-03-01', '2026-03-01', '2026-04-01' from account where login like 'technician.%';
    insert into api_token (id, account_id, name, token_hash, token_start, may_write, created_at, expires_at, version)
    select gen_random_uuid(), id, 'Jeton de la maison', sha256(('t' || login)::bytea), 'vig_', false, '2026-03-01', '2026-04-01', 1 from account where login like 'technician.%';
    insert into delegation (id, giver_id, taker_id, grant_id, starts_on, ends_on, reason, given_at)
    select gen_random_uuid(), a.id, (select id from account where login = 'nobody.at.all'), g.id, '2026-03-01', '2026-04-01', 'congés', '2026-03-01'
    from account a join access_grant g on g.account_id = a.id where a.login like 'technician.%';
    insert into import_run (id, establishment_id, kind, file_name, file_hash, file_size, encoding, sheet_name, header_row, headers, warnings, mapping, parameters, accepts_all, state,
        read_count, created_count, updated_count, unchanged_count, rejected_count, pending_count, created_at, version)
    select gen_random_uuid(), e.id, 'devices', 'parc.csv', '\x00', 10, 'utf-8', '', 1, '{a,b}', '{}', '{}', '{}', false, 'mapping', 0, 0, 0, 0, 0, 0, '2026-03-01', 1 from establishment e;
    insert into import_row (run_id, number, cells, corrected)
    select id, 2, '{1,2}', false from import_run where file_name = 'parc.csv';

    insert into device_model (id, common_name, manufacturer_id, version)
    values ('01950000-0000-7000-8000-00000000f002', 'Modèle de la maison', '01950000-0000-7000-8000-00000000f001', 1);
    insert into nomenclature_term (id, system, code, edition, label)
    values ('01950000-0000-7000-8000-00000000f005', 'local', 'MAISON-1', '', 'Terme de la maison');
    insert into model_code (id, model_id, term_id)
    values ('01950000-0000-7000-8000-00000000f006', '01950000-0000-7000-8000-00000000f002', '01950000-0000-7000-8000-00000000f005');
    insert into udi_di (id, model_id, issuer, code, level)
    values ('01950000-0000-7000-8000-00000000f007', '01950000-0000-7000-8000-00000000f002', 'gs1', '03400000000001', 'base');

    insert into device (id, establishment_id, unit_id, model_id, inventory_number, label_code, serial_number, state, state_since, recorded_at, taken_over, version)
    select gen_random_uuid(), e.id, (select min(u.id::text)::uuid from unit u where u.establishment_id = e.id),
           '01950000-0000-7000-8000-00000000f002', 'MAISON-' || e.code, upper(translate(left(md5(e.id::text), 8), '01', 'xy')), 'SERIE-' || e.code, 'in_service', '2026-03-01', '2026-03-01', false, 1
    from establishment e where not exists (select from device d where d.establishment_id = e.id);
    insert into device_loan (id, device_id, borrower_name, lent_at, due_on)
    select gen_random_uuid(), d.id, 'Clinique voisine', '2026-03-01', '2026-04-01'
    from (select distinct on (establishment_id) id from device order by establishment_id, id) d
    where not exists (select from device_loan l where l.device_id = d.id and l.returned_at is null);

    select lock_register_head(d.id) from (select distinct on (establishment_id) id from device order by establishment_id, id) d;
    insert into register_line (id, device_id, number, entry, kind, nature, done_on, performer_name, performance, conformity, source, recorded_at, recorded_by_name, previous_hash, hash)
    select gen_random_uuid(), d.id, 1, 'operation', 'preventive', 'Visite de la maison', '2026-03-01', 'Personne de la maison', '360 J', 'conform', 'manual', '2026-03-01', 'maison',
           decode(repeat('00', 32), 'hex'), sha256(d.id::text::bytea)
    from (select distinct on (establishment_id) id from device order by establishment_id, id) d
    where not exists (select from register_line l where l.device_id = d.id);
    insert into obligation (id, model_id, establishment_id, kind, title, interval_value, interval_unit, before_days, after_days, due_from, on_closed_day, source_kind, source_reference, needs_measures, status, version)
    select gen_random_uuid(), d.model_id, d.establishment_id, 'preventive', 'Obligation de la maison', 12, 'months', 30, 30, 'actual', 'keep', 'local', 'Protocole', false, 'in_force', 1
    from (select distinct on (establishment_id) id, model_id, establishment_id from device order by establishment_id, id) d;
    insert into obligation_trigger (id, obligation_id, operation, within_days, source)
    select gen_random_uuid(), id, 'Changement de tube', 30, 'Notice' from obligation;
    insert into checklist_step (id, obligation_id, position, label, is_measured, unit, limit_status, is_mandatory)
    select gen_random_uuid(), id, 1, 'Courant de fuite', true, 'µA', 'to_verify', true from obligation;
    insert into intervention (id, establishment_id, number, device_id, kind, state, requested_at, requester, channel, symptom, usable, harm, receipt_token, not_presented, version)
    select gen_random_uuid(), d.establishment_id, 'IN-2025-90001', d.id, 'corrective', 'requested', '2026-03-01', 'Quelqu’un', 'label', 'Ne démarre plus', 'no', 'possible', 'recu-' || d.id, 0, 1
    from (select distinct on (establishment_id) id, establishment_id from device order by establishment_id, id) d;
    insert into calendar_feed (id, account_id, name, shows, token_hash, token_start, created_at, version)
    select gen_random_uuid(), (select id from account order by id limit 1), 'Agenda de la maison', 'due', sha256('agenda-de-la-maison'::bytea), 'agenda', '2026-03-01', 1;
    insert into agreement (id, establishment_id, reference, title, provider_id, starts_on, renewal, services, standing, version)
    select gen_random_uuid(), e.id, 'CT-MAISON', 'Contrat de la maison', '01950000-0000-7000-8000-00000000f001', '2026-01-01', 'none', '{preventive}', 'active', 1 from establishment e;
    insert into agreement_line (id, agreement_id, device_id, from_on)
    select gen_random_uuid(), a.id, d.id, '2026-01-01'
    from (select distinct on (establishment_id) id, establishment_id from device order by establishment_id, id) d join agreement a on a.establishment_id = d.establishment_id;
    insert into test_tool (id, device_id, measures) select gen_random_uuid(), device_id, 'Sécurité électrique' from intervention;
    insert into nonconformity (id, device_id, grade, rule_id, is_persistent, description, found_on, version)
    select gen_random_uuid(), i.device_id, 'minor', (select id from legal_rule where code = 'vigie.nc.mineure'), false, 'Voyant hors service', '2026-03-01', 1 from intervention i;
    update device_obligation set last_done_on = '2025-01-10', due_on = '2026-01-12', earliest_on = '2025-12-13', latest_on = '2026-02-11';
    insert into obligation_deferral (id, device_id, obligation_id, due_on, until, reason, asked_at)
    select gen_random_uuid(), device_id, obligation_id, due_on, '2026-06-01', 'Pièce en attente chez le fournisseur', '2026-03-01' from device_obligation;

    insert into file (id, sha256, size_bytes, media_type, stored_at)
    values ('01950000-0000-7000-8000-00000000f008', 'e5c62df5dab5c87b6a015ef3d43597074d1eec433b15f51aec63b8582d0e4ab4', 9, 'application/pdf', '2026-03-01');
    insert into document (id, subject_type, subject_id, establishment_id, file_id, file_name, kind, title, recorded_at, version)
    select gen_random_uuid(), 'device', d.id, d.establishment_id, '01950000-0000-7000-8000-00000000f008', 'notice.pdf', 'instructions', 'Notice', '2026-03-01', 1
    from (select distinct on (establishment_id) id, establishment_id from device order by establishment_id, id) d;

    insert into list_view (id, list, name, query, audience, account_id, establishment_id, recorded_at, version)
    select gen_random_uuid(), 'units', 'Vue de la maison', 'sort=-name', 'everybody', (select id from account order by id limit 1), e.id, '2026-03-01', 1 from establishment e;
    insert into custom_field (id, establishment_id, label, kind, choices, position, recorded_at, version)
    select gen_random_uuid(), e.id, 'Champ de la maison', 'text', '{}', 1, '2026-03-01', 1 from establishment e;
    insert into correction (id, establishment_id, field, value, value_words, selection, account_id, made_at, changed_count, unchanged_count, undo_before)
    select gen_random_uuid(), e.id, 'note', 'x', 'x', '', (select id from account order by id limit 1), '2026-03-01', 0, 0, '2026-03-31' from establishment e;
    insert into certificate (id, manufacturer_id, number, kind, regulation, notified_body_number, status, version)
    values ('01950000-0000-7000-8000-00000000f012', '01950000-0000-7000-8000-00000000f001', 'CERT-MAISON', 'quality_system', 'mdr', '9990', 'valid', 1);
    insert into certificate_model (id, certificate_id, model_id)
    values ('01950000-0000-7000-8000-00000000f013', '01950000-0000-7000-8000-00000000f012', '01950000-0000-7000-8000-00000000f002');
    insert into model_instruction (id, model_id, edition, language, recorded_at, version)
    values ('01950000-0000-7000-8000-00000000f014', '01950000-0000-7000-8000-00000000f002', 'Notice de la maison', 'fr', '2026-03-01', 1);
    insert into record_merge (id, kind, kept_id, merged_id, establishment_id, kept_name, merged_name, taken, before, after, moved, added, reason, merged_at, undo_before, version)
    select gen_random_uuid(), 'device', d.id, gen_random_uuid(), d.establishment_id, 'Gardée', 'Double', '{}', '{}', '{}', '{}', '{}', 'fusion de la maison', '2026-03-01', '2026-03-31', 1
    from (select distinct on (establishment_id) id, establishment_id from device order by establishment_id, id) d;

    insert into organisation_document (id, establishment_id, edition, title, document_id, applies_from, opinion, recorded_at, version)
    select gen_random_uuid(), d.establishment_id, 'MAISON', 'Organisation de la maison', d.id, '2026-03-01', 'awaited', '2026-03-01', 1
    from (select distinct on (establishment_id) id, establishment_id from document where establishment_id is not null order by establishment_id, id) d;
    insert into asset_file (id, establishment_id, file_name, file_hash, read_count, created_count, updated_count, unchanged_count, rejected_count, received_at)
    select gen_random_uuid(), e.id, 'immobilisations.csv', '\x00', 1, 1, 0, 0, 0, '2026-03-01' from establishment e;
    insert into asset (id, establishment_id, asset_number, file_id, line)
    select gen_random_uuid(), f.establishment_id, 'IMMO-MAISON', f.id, 2 from asset_file f;
"#;
