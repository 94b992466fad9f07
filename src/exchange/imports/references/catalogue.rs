//! Models of a file.

use super::*;

impl<F: FnMut() -> Uuid> Resolver<'_, F> {
    pub(super) fn models(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        organisations: &HashMap<String, Uuid>,
        proposals: &mut Vec<Proposal>,
    ) {
        let mut known: HashMap<(Option<Uuid>, String, String), &KnownModel> = HashMap::new();
        let mut by_reference: HashMap<(Option<Uuid>, String), Vec<&KnownModel>> = HashMap::new();
        let mut by_name: HashMap<(Option<Uuid>, String), Vec<&KnownModel>> = HashMap::new();
        for model in &self.registry.models {
            let name = model
                .trade_name
                .as_deref()
                .or(model.common_name.as_deref())
                .map(names::plain)
                .unwrap_or_default();
            let reference = model
                .reference
                .as_deref()
                .map(names::plain)
                .unwrap_or_default();
            by_name
                .entry((model.manufacturer_id, name.clone()))
                .or_default()
                .push(model);
            if !reference.is_empty() {
                by_reference
                    .entry((model.manufacturer_id, reference.clone()))
                    .or_default()
                    .push(model);
            }
            known
                .entry((model.manufacturer_id, name, reference))
                .or_insert(model);
        }
        let mut groups: BTreeMap<String, Gathered> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| is_live(row)) {
            let entry = groups.entry(model_key(row)).or_insert_with(|| Gathered {
                first: index,
                ..Gathered::default()
            });
            entry.count += 1;
            if let Some(common) = row.get("common_name") {
                *entry.spellings.entry(common.to_owned()).or_default() += 1;
            }
        }
        let mut answers: HashMap<String, Result<(Uuid, Option<String>), usize>> = HashMap::new();
        for (key, group) in groups {
            let row = &rows[group.first];
            let maker = row
                .get("manufacturer")
                .and_then(|name| organisations.get(&names::company_key(name)))
                .copied();
            let name = row
                .get("trade_name")
                .or(row.get("common_name"))
                .map(names::plain)
                .unwrap_or_default();
            let reference = row.get("reference").map(names::plain).unwrap_or_default();
            let only = |found: Option<&Vec<&'_ KnownModel>>| match found.map(Vec::as_slice) {
                Some([one]) => Some((*one).clone()),
                _ => None,
            };
            let found = known
                .get(&(maker, name.clone(), reference.clone()))
                .map(|model| (*model).clone())
                .or_else(|| {
                    if reference.is_empty() {
                        only(by_name.get(&(maker, name.clone())))
                    } else {
                        None
                    }
                })
                .or_else(|| {
                    if !reference.is_empty() && row.get("trade_name").is_none() {
                        only(by_reference.get(&(maker, reference.clone())))
                    } else {
                        None
                    }
                });
            // A line that names no maker means the one model of that name, if there is only one.
            let found = found.or_else(|| {
                let mut same = self.registry.models.iter().filter(|model| {
                    let known = model.trade_name.as_deref().or(model.common_name.as_deref());
                    known.map(names::plain).as_deref() == Some(name.as_str())
                });
                let one = same
                    .next()
                    .filter(|_| row.get("manufacturer").is_none() && !name.is_empty());
                one.filter(|_| same.next().is_none()).cloned()
            });
            // A maker that waits for a decision cannot have models yet.
            let maker_waits = row.get("manufacturer").is_some() && maker.is_none();
            if let Some(model) = found.filter(|_| !maker_waits) {
                answers.insert(key, Ok((model.id, model.common_name)));
                continue;
            }
            let written = [
                row.get("manufacturer"),
                row.get("trade_name").or(row.get("common_name")),
                row.get("reference"),
            ];
            let label = written.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let candidates: Vec<Known<Uuid>> = self
                .registry
                .models
                .iter()
                .filter(|model| model.manufacturer_id == maker)
                .filter_map(|model| {
                    Some(Known {
                        id: model.id,
                        name: model.trade_name.clone().or(model.common_name.clone())?,
                    })
                })
                .collect();
            let near = row
                .get("trade_name")
                .or(row.get("common_name"))
                .map(|name| names::nearest(name, &candidates, NEAR, names::nearness))
                .unwrap_or_default();
            let decision = if reference.is_empty() {
                self.decide(Kind::Model, &key, &near)
            } else {
                self.decide(Kind::Model, &key, &[])
            };
            let common = group.label();
            let codes: Vec<(String, String)> = row
                .values
                .iter()
                .filter_map(|(key, value)| {
                    Some((
                        key.strip_prefix("code_")?.to_owned(),
                        value.as_str()?.to_owned(),
                    ))
                })
                .collect();
            let detail = json!({
                "manufacturer_id": maker, "common_name": (!common.is_empty()).then_some(common), "trade_name": row.get("trade_name"), "reference": row.get("reference"),
                "regulation": row.get("regulation"), "risk_class": row.get("risk_class"), "codes": codes, "is_dmn": row.values.get("is_dmn"), "is_ai": row.values.get("is_ai"),
            });
            answers.insert(key.clone(), Err(proposals.len()));
            proposals.push(Proposal {
                kind: Kind::Model,
                key,
                label,
                detail,
                row_count: group.count,
                near,
                decision,
            });
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if !is_live(row) {
                continue;
            }
            match answers.get(&model_key(row)) {
                Some(Ok((id, common))) => {
                    meant[index].model = Some(*id);
                    meant[index].model_common_name.clone_from(common);
                }
                Some(Err(at)) => {
                    let label = proposals[*at].label.clone();
                    let common = match proposals[*at].decision {
                        Some(Decision::Use(id)) => self
                            .registry
                            .models
                            .iter()
                            .find(|model| model.id == id)
                            .and_then(|model| model.common_name.clone()),
                        _ => proposals[*at].detail["common_name"]
                            .as_str()
                            .map(str::to_owned),
                    };
                    settle(row, &proposals[*at], "trade_name", &label, |id| {
                        meant[index].model = Some(id)
                    });
                    meant[index].model_common_name = common;
                }
                None => {}
            }
        }
    }
}
