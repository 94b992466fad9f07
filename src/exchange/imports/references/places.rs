//! Establishments and units of a file.

use super::*;

impl<F: FnMut() -> Uuid> Resolver<'_, F> {
    pub(super) fn establishments(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        proposals: &mut Vec<Proposal>,
    ) {
        let mut seen: HashMap<String, Result<Option<Uuid>, usize>> = HashMap::new();
        for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| is_live(row)) {
            let Some(name) = row.get("establishment").map(str::to_owned) else {
                meant[index].establishment = Some(self.establishment);
                continue;
            };
            let key = names::plain(&name);
            let answer = match seen.get(&key) {
                Some(answer) => *answer,
                None => {
                    let answer = self.establishment(&name, &key, proposals);
                    seen.insert(key, answer);
                    answer
                }
            };
            match answer {
                Ok(Some(id)) => meant[index].establishment = Some(id),
                Ok(None) => row.remark(
                    Level::Reject,
                    "establishment",
                    "",
                    &name,
                    "aucun établissement ne peut porter ce nom",
                    "un n° FINESS, un code ou un nom d’établissement",
                ),
                Err(proposal) => {
                    proposals[proposal].row_count += 1;
                    settle(row, &proposals[proposal], "establishment", &name, |id| {
                        meant[index].establishment = Some(id)
                    });
                }
            }
        }
    }

    /// Known, impossible, or a proposal.
    fn establishment(
        &mut self,
        name: &str,
        key: &str,
        proposals: &mut Vec<Proposal>,
    ) -> Result<Option<Uuid>, usize> {
        let bare: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let known = self.registry.establishments.iter().find(|known| {
            known.code.eq_ignore_ascii_case(&bare)
                || known
                    .finess
                    .iter()
                    .any(|finess| finess.eq_ignore_ascii_case(&bare))
                || names::plain(&known.name) == key
        });
        if let Some(known) = known {
            return Ok(Some(known.id));
        }
        let is_finess = bare.len() == 9
            && bare.chars().all(|c| c.is_ascii_alphanumeric())
            && bare.chars().filter(char::is_ascii_digit).count() >= 8;
        if !is_finess && name.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            return Ok(None);
        }
        let candidates: Vec<Known<Uuid>> = self
            .registry
            .establishments
            .iter()
            .map(|known| Known {
                id: known.id,
                name: known.name.clone(),
            })
            .collect();
        let near = names::nearest(name, &candidates, NEAR, names::nearness);
        let decision = self.decide(Kind::Establishment, key, &near);
        let finess = is_finess.then(|| bare.to_ascii_uppercase());
        proposals.push(Proposal {
            kind: Kind::Establishment,
            key: key.to_owned(),
            label: name.to_owned(),
            detail: json!({ "name": name, "finess": finess, "code": code_of(name, 20) }),
            row_count: 0,
            near,
            decision,
        });
        Err(proposals.len() - 1)
    }

    pub(super) fn units(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        proposals: &mut Vec<Proposal>,
    ) {
        let mut by_code: HashMap<(Uuid, String), Uuid> = HashMap::new();
        let mut by_name: HashMap<(Uuid, String), Uuid> = HashMap::new();
        for unit in &self.registry.units {
            by_code
                .entry((unit.establishment_id, names::plain(&unit.code)))
                .or_insert(unit.id);
            by_name
                .entry((unit.establishment_id, names::plain(&unit.name)))
                .or_insert(unit.id);
        }
        let mut rooms: HashMap<(Uuid, String), Uuid> = HashMap::new();
        for room in &self.registry.rooms {
            rooms
                .entry((room.establishment_id, names::plain(&room.code)))
                .or_insert(room.id);
            rooms
                .entry((room.establishment_id, names::plain(&room.name)))
                .or_insert(room.id);
        }
        // Units that carry a code come first: a line that only gives their name means them.
        let mut coded: HashMap<(Uuid, String), String> = HashMap::new();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| is_live(row)) {
            if let (Some(place), Some(code), Some(name)) = (
                meant[index].establishment,
                row.get("unit_code"),
                row.get("unit_name"),
            ) {
                coded
                    .entry((place, names::plain(name)))
                    .or_insert_with(|| code.to_owned());
            }
        }
        let mut waiting: HashMap<String, usize> = HashMap::new();
        for index in 0..rows.len() {
            let row = &mut rows[index];
            let Some(place) = meant[index].establishment.filter(|_| is_live(row)) else {
                continue;
            };
            if let Some(room) = row.get("room") {
                match rooms.get(&(place, names::plain(room))) {
                    Some(id) => meant[index].room = Some(*id),
                    None => {
                        let room = room.to_owned();
                        row.values.insert("place_detail".to_owned(), room.into());
                    }
                }
            }
            let name = row.get("unit_name").map(str::to_owned);
            let code = row
                .get("unit_code")
                .map(str::to_owned)
                .or_else(|| coded.get(&(place, names::plain(name.as_deref()?))).cloned());
            let known = code
                .as_ref()
                .and_then(|code| by_code.get(&(place, names::plain(code))))
                .or_else(|| {
                    if code.is_none() {
                        by_name.get(&(place, names::plain(name.as_deref()?)))
                    } else {
                        None
                    }
                });
            // A code that is a name, or a name that is a code: spreadsheets mix them.
            let known = known
                .or_else(|| {
                    name.as_ref()
                        .filter(|_| code.is_none())
                        .and_then(|name| by_code.get(&(place, names::plain(name))))
                })
                .or_else(|| {
                    code.as_ref()
                        .and_then(|code| by_name.get(&(place, names::plain(code))))
                });
            let shown = match (&code, &name) {
                (Some(code), Some(name)) => format!("{code} {name}"),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => continue,
            };
            if let Some(id) = known {
                meant[index].unit = Some(*id);
                continue;
            }
            let key = match (&code, &name) {
                (Some(code), _) => format!("{place}|c|{}", names::plain(code)),
                (None, name) => format!(
                    "{place}|n|{}",
                    names::plain(name.as_deref().unwrap_or_default())
                ),
            };
            let at = match waiting.get(&key) {
                Some(at) => *at,
                None => {
                    let candidates: Vec<Known<Uuid>> = self
                        .registry
                        .units
                        .iter()
                        .filter(|unit| unit.establishment_id == place)
                        .map(|unit| Known {
                            id: unit.id,
                            name: unit.name.clone(),
                        })
                        .collect();
                    let near = name
                        .as_ref()
                        .map(|name| names::nearest(name, &candidates, NEAR, names::nearness))
                        .unwrap_or_default();
                    // Another code is another unit, however alike the names.
                    let decision = if code.is_some() {
                        self.decide(Kind::Unit, &key, &[])
                    } else {
                        self.decide(Kind::Unit, &key, &near)
                    };
                    let detail = json!({ "establishment_id": place, "code": code.clone().unwrap_or_else(|| code_of(name.as_deref().unwrap_or_default(), 16)), "name": name.clone().or(code.clone()), "department": row.get("department"), "site": row.get("site") });
                    proposals.push(Proposal {
                        kind: Kind::Unit,
                        key: key.clone(),
                        label: shown.clone(),
                        detail,
                        row_count: 0,
                        near,
                        decision,
                    });
                    waiting.insert(key, proposals.len() - 1);
                    proposals.len() - 1
                }
            };
            proposals[at].row_count += 1;
            settle(row, &proposals[at], "unit_name", &shown, |id| {
                meant[index].unit = Some(id)
            });
        }
    }
}
