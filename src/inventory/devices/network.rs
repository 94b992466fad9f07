//! A device on the network: connected or not, addresses, zone, remote access.

use std::net::IpAddr;

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::api;
use super::commands::{self, NetworkFacts};
use super::pages::Head;
use super::queries::Interface;
use super::{DeviceId, Reader, RemoteAccess, THREE, done, find, options, queries, said, standing};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, EditDeviceNetwork, SeeDevices};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// Interfaces a form holds.
const MOST: usize = 4;

/// What is known.
#[derive(Template)]
#[template(path = "inventory/devices/network.html")]
pub struct NetworkShow {
    head: Head,
    verdict: (&'static str, &'static str),
    facts: Vec<(&'static str, String)>,
    interfaces: Vec<Interface>,
    may_edit: bool,
}

impl View for NetworkShow {
    fn title(&self) -> String {
        self.head.title("Réseau")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Réseau")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::NetworkResource {
            interfaces: self.interfaces.clone(),
        })
    }
}

/// `GET /inventory/devices/{id}/network`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Réseau");
    let interfaces = queries::interfaces(&mut read, id).await?;
    let verdict = match device.is_connected {
        Some(true) => ("info", "Cet équipement est connecté."),
        Some(false) => ("good", "Cet équipement n’est pas connecté."),
        None => (
            "unknown",
            "Personne n’a dit si cet équipement est connecté.",
        ),
    };
    let facts = vec![
        (
            "Zone réseau",
            device.network_zone.clone().unwrap_or_default(),
        ),
        (
            "Accès distant",
            device.remote_access.map_or("", |a| a.label()).to_owned(),
        ),
        (
            "Précisions sur l’accès",
            device.remote_access_note.clone().unwrap_or_default(),
        ),
    ];
    let may_edit = device.annulled_at.is_none()
        && super::reaches(permit.caller(), EditDeviceNetwork::NAME, &device);
    Ok(Page::of(NetworkShow {
        head,
        verdict,
        facts,
        interfaces,
        may_edit,
    }))
}

/// What was typed; the repeated fields are the interfaces, in order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkForm {
    is_connected: String,
    network_zone: String,
    remote_access: String,
    remote_access_note: String,
    label: Vec<String>,
    mac: Vec<String>,
    ip: Vec<String>,
    vlan: Vec<String>,
    host_name: Vec<String>,
    is_wireless: Vec<String>,
    version: String,
}

/// One line of the form.
pub struct InterfaceLine {
    rank: usize,
    label: String,
    mac: String,
    ip: String,
    vlan: String,
    host_name: String,
    is_wireless: String,
}

impl NetworkForm {
    fn nth(list: &[String], rank: usize) -> String {
        list.get(rank).cloned().unwrap_or_default()
    }

    fn lines(&self) -> Vec<InterfaceLine> {
        (0..MOST)
            .map(|rank| InterfaceLine {
                rank: rank + 1,
                label: Self::nth(&self.label, rank),
                mac: Self::nth(&self.mac, rank),
                ip: Self::nth(&self.ip, rank),
                vlan: Self::nth(&self.vlan, rank),
                host_name: Self::nth(&self.host_name, rank),
                is_wireless: Self::nth(&self.is_wireless, rank),
            })
            .collect()
    }

    /// Typed values, or what is wrong.
    pub fn check(&self) -> Result<NetworkFacts> {
        let mut read = Reader::default();
        let mut interfaces = Vec::new();
        for line in self.lines() {
            let mac = said(&line.mac).and_then(|text| {
                let found = mac_address(&text);
                if found.is_none() {
                    read.wrong.add(
                        "mac",
                        format!(
                            "« {text} » n’est pas une adresse MAC : 00:1b:63:84:45:e6 est attendu."
                        ),
                    );
                }
                found
            });
            let ip = said(&line.ip).and_then(|text| match text.parse::<IpAddr>() {
                Ok(ip) => Some(ip.to_string()),
                Err(_) => {
                    read.wrong.add(
                        "ip",
                        format!("« {text} » n’est pas une adresse IP : 10.12.0.41 est attendu."),
                    );
                    None
                }
            });
            let interface = Interface {
                position: i32::try_from(interfaces.len() + 1).unwrap_or(1),
                label: read.short("label", &line.label, 60),
                mac,
                ip,
                vlan: read.short("vlan", &line.vlan, 40),
                host_name: read.short("host_name", &line.host_name, 120),
                is_wireless: read.three("is_wireless", &line.is_wireless),
            };
            let known = [
                &interface.label,
                &interface.mac,
                &interface.ip,
                &interface.vlan,
                &interface.host_name,
            ];
            if known.iter().any(|part| part.is_some()) {
                interfaces.push(interface);
            }
        }
        let facts = NetworkFacts {
            is_connected: read.three("is_connected", &self.is_connected),
            network_zone: read.short("network_zone", &self.network_zone, 100),
            remote_access: read.coded(
                "remote_access",
                &self.remote_access,
                RemoteAccess::from_code,
            ),
            remote_access_note: read.short("remote_access_note", &self.remote_access_note, 500),
            interfaces,
        };
        if facts.is_connected == Some(false) && facts.interfaces.iter().any(|i| i.ip.is_some()) {
            read.wrong.add(
                "is_connected",
                "Une adresse IP est donnée : l’équipement est donc connecté.",
            );
        }
        done(read, Some(facts))
    }
}

/// Six bytes, however they are separated.
fn mac_address(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ':' | '-' | '.' | ' '))
        .collect::<String>()
        .to_lowercase();
    (digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| {
        digits
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).into_owned())
            .collect::<Vec<_>>()
            .join(":")
    })
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/network_form.html")]
pub struct NetworkFormPage {
    head: Head,
    form: Typed<NetworkForm>,
    lines: Vec<InterfaceLine>,
    three: Vec<(&'static str, &'static str)>,
    accesses: Vec<(&'static str, &'static str)>,
}

impl View for NetworkFormPage {
    fn title(&self) -> String {
        self.head.title("Modifier le réseau")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Modifier le réseau")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "version": self.form.values.version, "errors": self.form.errors })
    }
}

/// `GET /inventory/devices/{id}/network/edit`
pub async fn edit(
    State(app): State<App>,
    permit: Permit<EditDeviceNetwork>,
    Path(id): Path<DeviceId>,
    form: Typed<NetworkForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Réseau");
    let interfaces = queries::interfaces(&mut read, id).await?;
    let form = form.or(|| {
        let column = |get: fn(&Interface) -> &Option<String>| {
            interfaces
                .iter()
                .map(|i| get(i).clone().unwrap_or_default())
                .collect()
        };
        let three = |value: Option<bool>| value.map(|yes| yes.to_string()).unwrap_or_default();
        NetworkForm {
            is_connected: three(device.is_connected),
            network_zone: device.network_zone.clone().unwrap_or_default(),
            remote_access: device
                .remote_access
                .map_or("", RemoteAccess::code)
                .to_owned(),
            remote_access_note: device.remote_access_note.clone().unwrap_or_default(),
            label: column(|i| &i.label),
            mac: column(|i| &i.mac),
            ip: column(|i| &i.ip),
            vlan: column(|i| &i.vlan),
            host_name: column(|i| &i.host_name),
            is_wireless: interfaces.iter().map(|i| three(i.is_wireless)).collect(),
            version: device.version.to_string(),
        }
    });
    let lines = form.values.lines();
    Ok(Page::of(NetworkFormPage {
        head,
        lines,
        form,
        three: THREE.to_vec(),
        accesses: options(RemoteAccess::ALL, RemoteAccess::code, RemoteAccess::label),
    }))
}

/// `PATCH /inventory/devices/{id}/network`
pub async fn update(
    State(app): State<App>,
    permit: Permit<EditDeviceNetwork>,
    Path(id): Path<DeviceId>,
    form: Form<NetworkForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let facts = form.check()?;
    let event = commands::edit_network(
        &mut tx,
        covered,
        &device,
        form.version.trim().parse().unwrap_or(-1),
        facts,
    )
    .await?;
    tx.commit(event, format!("{}/network", device.url())).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_address_is_read_in_its_three_spellings() {
        for text in ["00:1B:63:84:45:E6", "00-1b-63-84-45-e6", "001b.6384.45e6"] {
            assert_eq!(mac_address(text).as_deref(), Some("00:1b:63:84:45:e6"));
        }
        assert_eq!(mac_address("00:1b:63"), None);
        assert_eq!(mac_address("zz:1b:63:84:45:e6"), None);
    }

    #[test]
    fn an_empty_line_is_no_interface_and_the_next_one_takes_its_rank() {
        let form = NetworkForm {
            ip: vec![String::new(), "10.0.0.2".into()],
            ..NetworkForm::default()
        };
        let facts = form.check().unwrap();
        assert_eq!(facts.interfaces.len(), 1);
        assert_eq!(facts.interfaces[0].position, 1);
    }

    #[test]
    fn a_device_with_an_address_is_connected() {
        let form = NetworkForm {
            ip: vec!["10.0.0.2".into()],
            is_connected: "false".into(),
            ..NetworkForm::default()
        };
        assert!(form.check().is_err());
    }
}
