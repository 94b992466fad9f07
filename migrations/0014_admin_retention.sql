-- How long each class of personal data and each kind of record is kept, as data with its source; and what is left of a
-- record once it may go: its hash, why it went and under which visa.

create table retention_rule (
    id            uuid primary key,
    code          text not null,
    position      integer not null,
    title         text not null,
    content       text not null,
    starts_from   text not null,
    months        integer not null,
    effect        text not null,
    is_public_record boolean not null,
    source        text not null,
    status        text not null,
    version       integer not null,
    constraint retention_rule_code_key unique (code),
    constraint retention_rule_months_check check (months between 1 and 1200),
    constraint retention_rule_effect_check check (effect in ('delete', 'strip', 'keep')),
    constraint retention_rule_status_check check (status in ('in_force', 'to_verify', 'local'))
);
comment on table retention_rule is 'How long a class of data is kept and what becomes of it then: deleted, stripped of what names a person, or kept until somebody decides.';
comment on column retention_rule.is_public_record is 'Its destruction needs the visa of the public archives (art. L.212-2 of the code du patrimoine, to verify).';
select audited('retention_rule');

insert into retention_rule (id, code, position, title, content, starts_from, months, effect, is_public_record, source, status, version) values
('0199c000-0014-7000-8000-000000000001', 'sessions', 1, 'Sessions', 'Qui s’est connecté, quand, depuis quelle adresse', 'la fin de la session', 12, 'delete', false, 'Recommandation de la CNIL sur la journalisation : six mois à un an', 'to_verify', 1),
('0199c000-0014-7000-8000-000000000002', 'sign_in_delays', 2, 'Échecs de connexion', 'Identifiants et adresses dont les essais ont échoué', 'le dernier échec', 1, 'delete', false, 'Règle de la maison', 'local', 1),
('0199c000-0014-7000-8000-000000000003', 'links', 3, 'Liens à usage unique', 'Liens de mot de passe remis, utilisés ou échus', 'leur échéance', 12, 'delete', false, 'Recommandation de la CNIL sur la journalisation : six mois à un an', 'to_verify', 1),
('0199c000-0014-7000-8000-000000000004', 'tokens', 4, 'Jetons de programmes', 'Jetons révoqués ou échus', 'leur fin', 12, 'delete', false, 'Recommandation de la CNIL sur la journalisation : six mois à un an', 'to_verify', 1),
('0199c000-0014-7000-8000-000000000005', 'answers', 5, 'Réponses déjà données', 'Clés qui évitent qu’un double envoi écrive deux fois', 'l’envoi', 1, 'delete', false, 'Règle de la maison', 'local', 1),
('0199c000-0014-7000-8000-000000000006', 'jobs', 6, 'Travaux terminés', 'Travaux faits, abandonnés ou échoués, et au nom de qui', 'leur fin', 3, 'delete', false, 'Règle de la maison', 'local', 1),
('0199c000-0014-7000-8000-000000000007', 'import_rows', 7, 'Lignes des fichiers importés', 'Ce que disaient les fichiers, ligne par ligne ; les sommes restent', 'l’import', 12, 'delete', false, 'Règle de la maison', 'local', 1),
('0199c000-0014-7000-8000-000000000008', 'accounts', 8, 'Coordonnées des comptes désactivés', 'Courriel, téléphone, fonction et mot de passe ; le nom reste, car le registre doit dire qui a fait', 'la désactivation', 24, 'strip', false, 'Art. 5(1)(e) et 17(3)(b) du RGPD ; art. R.5212-28, 5° du CSP pour le nom', 'to_verify', 1),
('0199c000-0014-7000-8000-000000000009', 'device_documents', 9, 'Documents des équipements sortis', 'Procès-verbaux, rapports, certificats d’un équipement dont l’exploitation a pris fin', 'la fin d’exploitation', 60, 'delete', true, 'Art. R.5212-28, 5° du CSP : cinq ans après la fin d’exploitation, sauf durée fixée par l’ANSM', 'in_force', 1),
('0199c000-0014-7000-8000-000000000010', 'register', 10, 'Inventaire et registre par dispositif', 'Fiche, états, mouvements, opérations', 'la fin d’exploitation', 60, 'keep', true, 'Art. R.5212-28, 5° du CSP : cinq ans après la fin d’exploitation, sauf durée fixée par l’ANSM', 'in_force', 1),
('0199c000-0014-7000-8000-000000000011', 'journal', 11, 'Journal des modifications', 'Qui a changé quoi, avant, après, pourquoi ; scellé', 'l’écriture', 120, 'keep', true, 'Règle de la maison : la durée de vie des équipements qu’il prouve', 'local', 1),
('0199c000-0014-7000-8000-000000000012', 'implants', 12, 'Traçabilité des dispositifs implantables', 'Identification, lot, patient', 'la pose', 120, 'keep', true, 'Art. R.5212-36 et suivants du CSP : dix ans, quarante si dérivé du sang', 'to_verify', 1),
('0199c000-0014-7000-8000-000000000013', 'vigilance', 13, 'Dossiers de vigilance', 'Signalements, pièces, décisions', 'la fin d’exploitation', 120, 'keep', true, 'Politique locale conseillée : vie de l’équipement et dix ans', 'local', 1),
('0199c000-0014-7000-8000-000000000014', 'ai_logs', 14, 'Journaux des systèmes d’IA', 'Ce que le fournisseur et Vigie gardent de l’usage', 'l’écriture', 6, 'keep', false, 'Règlement (UE) 2024/1689, art. 26(6) : au moins six mois', 'to_verify', 1),
('0199c000-0014-7000-8000-000000000015', 'procurement', 15, 'Dossiers d’achat', 'Consultations, marchés, avis', 'la fin du marché', 60, 'keep', true, 'Tableau de gestion de l’établissement : cinq ou dix ans', 'to_verify', 1);

create table tombstone (
    id               uuid primary key,
    subject_type     text not null,
    subject_id       uuid not null,
    about_id         uuid,
    establishment_id uuid,
    title            text not null,
    content_hash     text not null,
    rule_code        text not null,
    ended_on         date,
    visa_reference   text not null,
    destroyed_at     timestamptz not null,
    destroyed_by     uuid,
    constraint tombstone_subject_key unique (subject_type, subject_id),
    constraint tombstone_establishment_fkey foreign key (establishment_id) references establishment,
    constraint tombstone_hash_check check (content_hash ~ '^[0-9a-f]{64}$'),
    constraint tombstone_visa_check check (length(btrim(visa_reference)) between 3 and 200)
);
comment on table tombstone is 'What is left of a public record destroyed past its retention: what it was, the hash of its content, the rule, the visa of the archives, who and when.';
create index tombstone_about_idx on tombstone (about_id);
create index tombstone_establishment_idx on tombstone (establishment_id);
select append_only('tombstone');
-- Written by purge_document() alone.
revoke insert on tombstone from vigie_app;

-- A document is withdrawn, never deleted; past its retention purge_document() removes it and nothing else does: the
-- owner of the tables acts there, and says which row in a setting that means nothing in anybody else's hands.
create or replace function refuse_document_delete() returns trigger language plpgsql as $$
begin
    if current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
       and current_setting('vigie.purge', true) = old.id::text then
        return old;
    end if;
    raise exception 'a document is withdrawn, never deleted' using errcode = 'restrict_violation';
end $$;

-- Destroys a document of a device whose retention has passed and leaves a tombstone. Answers the hash of its content
-- when no other document shows it, so that the file may be removed.
create function purge_document(target uuid, tombstone_id uuid, visa text) returns text
    language plpgsql security definer set search_path = public as $$
declare
    doc     document;
    content text;
    ended   date;
    kept    integer;
    moment  timestamptz := nullif(current_setting('vigie.now', true), '')::timestamptz;
begin
    select * into doc from document where id = target for update;
    if not found or doc.subject_type <> 'device' then
        raise exception 'no document of a device' using errcode = 'no_data_found';
    end if;
    select end_of_exploitation_date into ended from device where id = doc.subject_id;
    select months into kept from retention_rule where code = 'device_documents';
    if moment is null or ended is null or kept is null
       or (ended + make_interval(months => kept))::date > (moment at time zone 'UTC')::date then
        raise exception 'document % is within its retention', target using errcode = 'restrict_violation';
    end if;
    select sha256 into content from file where id = doc.file_id;
    insert into tombstone (id, subject_type, subject_id, about_id, establishment_id, title, content_hash, rule_code, ended_on, visa_reference, destroyed_at, destroyed_by)
    values (tombstone_id, 'document', doc.id, doc.subject_id, doc.establishment_id, doc.title, content, 'device_documents', ended, btrim(visa), moment,
            nullif(current_setting('vigie.actor', true), '')::uuid);
    perform set_config('vigie.purge', doc.id::text, true);
    delete from document where id = doc.id;
    perform set_config('vigie.purge', '', true);
    begin
        delete from file where id = doc.file_id;
        return content;
    exception when foreign_key_violation then
        return null;
    end;
end $$;
