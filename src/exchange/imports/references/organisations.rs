//! Makers, suppliers and owners of a file.

use super::*;

impl<F: FnMut() -> Uuid> Resolver<'_, F> {
    /// Resolves makers, suppliers and owners; gives, by key, the identifier of each that is settled.
    pub(super) fn organisations(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        proposals: &mut Vec<Proposal>,
    ) -> HashMap<String, Uuid> {
        const COLUMNS: [(&str, &str); 3] = [
            ("manufacturer", "manufacturer"),
            ("supplier", "supplier"),
            ("owner", "other"),
        ];
        let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
        for row in rows.iter_mut().filter(|row| is_live(row)) {
            // The establishment that owns its device needs no owner's name.
            if row.get("owner").is_some_and(|owner| {
                self.registry.establishments.iter().any(|known| {
                    names::plain(&known.name) == names::plain(owner)
                        || known.code.eq_ignore_ascii_case(owner)
                })
            }) {
                row.values.remove("owner");
            }
            for (column, role) in COLUMNS {
                if let Some(name) = row.get(column) {
                    let entry = gathered.entry(names::company_key(name)).or_default();
                    *entry.spellings.entry(name.to_owned()).or_default() += 1;
                    entry.count += 1;
                    if !entry.roles.contains(&role) {
                        entry.roles.push(role);
                    }
                }
            }
        }
        let mut by_plain: HashMap<String, Uuid> = HashMap::new();
        let mut by_key: HashMap<String, Uuid> = HashMap::new();
        for known in &self.registry.organisations {
            by_plain
                .entry(names::plain(&known.name))
                .or_insert(known.id);
            by_key
                .entry(names::company_key(&known.name))
                .or_insert(known.id);
        }
        let mut settled: HashMap<String, Uuid> = HashMap::new();
        let mut waiting: HashMap<String, usize> = HashMap::new();
        for (key, group) in gathered {
            let known = group
                .spellings
                .keys()
                .find_map(|name| by_plain.get(&names::plain(name)))
                .or_else(|| by_key.get(&key));
            if let Some(id) = known {
                settled.insert(key, *id);
                continue;
            }
            let label = group.label();
            let near = names::nearest(
                &label,
                &self.registry.organisations,
                NEAR,
                names::company_nearness,
            );
            let decision = self.decide(Kind::Organisation, &key, &near);
            if let Some(Decision::Create(id) | Decision::Use(id)) = decision {
                settled.insert(key.clone(), id);
            }
            waiting.insert(key.clone(), proposals.len());
            let spellings: Vec<&String> = group
                .spellings
                .keys()
                .filter(|name| **name != label)
                .collect();
            let detail = json!({ "name": label, "roles": group.roles, "spellings": spellings });
            proposals.push(Proposal {
                kind: Kind::Organisation,
                key,
                label,
                detail,
                row_count: group.count,
                near,
                decision,
            });
        }
        for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| is_live(row)) {
            for (column, _) in COLUMNS {
                let Some(name) = row.get(column).map(str::to_owned) else {
                    continue;
                };
                let key = names::company_key(&name);
                match settled.get(&key) {
                    Some(id) => match column {
                        "supplier" => meant[index].supplier = Some(*id),
                        "owner" => meant[index].owner = Some(*id),
                        _ => {}
                    },
                    None => wait(row, Kind::Organisation, column, &name),
                }
            }
        }
        settled
    }
}
