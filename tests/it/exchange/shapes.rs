//! Small files in the shapes of public inventories: other languages, encodings, dates and habits. Content is invented.

use super::samples::Dice;

pub fn openmedis() -> String {
    let mut dice = Dice(7);
    let mut text = String::from(
        "AssetID,GenericAssetID,UMDNS,AssetFullName,ManufacturerName,Model,SerialNumber,InternalInventoryNumber,FacilityName,LocationName,AssetStatus,PurchaseDate,InstallDate,Lifetime,PurchasePrice,WarrantyContractExp,DonorName,Notes\n",
    );
    let kinds = [
        ("11132", "Defibrillators", "ZOLL", "R Series"),
        ("13215", "Infusion Pumps", "B.Braun", "Perfusor Space"),
        ("12636", "Monitors, Bedside", "PHILIPS", "MP20"),
        ("16260", "Монітори прикроватні", "Ютас", "ЮМ-300"),
        ("11407", "Electrocardiographs", "Schiller AG", "AT-102"),
        ("13215", "Infusion Pumps", "B. BRAUN", "Infusomat"),
        ("13215", "Infusion Pumps", "b braun", "Infusomat"),
    ];
    for index in 0..60u64 {
        let (umdns, name, maker, model) = kinds[dice.below(kinds.len() as u64) as usize];
        let date = format!(
            "{}-{:02}-{:02}",
            2008 + dice.below(14),
            1 + dice.below(12),
            1 + dice.below(28)
        );
        let line = format!(
            "{:013x},{umdns},{umdns},\"{name}\",{maker},{model},{:05},{:07},Обласна лікарня,Ward {},Functional,{date},{date} 00:00:00,10,{}.0,,,{}\n",
            dice.next() >> 12,
            dice.below(99_999),
            index + 1,
            1 + dice.below(9),
            900 + dice.below(9_000),
            if index % 9 == 0 {
                "\"Отримано, перевірено\""
            } else {
                ""
            }
        );
        text.push_str(&line);
        if index % 20 == 4 {
            text.push_str(&line);
        }
    }
    text
}

pub fn udea() -> Vec<u8> {
    let mut dice = Dice(11);
    let headers: &[&str] = &[
        "Proceso",
        "Nombre del equipo",
        "Código de inventario interno del laboratorio y/o asignado por UdeA",
        "Código IPS",
        "Código ECRI",
        "Responsable del proceso en el que interviene\r\nel equipo",
        "Ubicación física",
        "Marca",
        "Modelo",
        "Serie",
        "Clasificación según eje misional",
        "Clasificación IPS (IND-BIO-Gases)",
        "Clasificación por riesgo",
        "Registro Invima",
        "Tiempo de vida útil",
        "Antigüedad del eq. (F. adquisición)",
        "Propietario del equipo",
        "Fecha de fabricación",
        "NIT",
        "Proveedor equipo",
        "Está en garantía (Si/No)",
        "Fecha finalización garantía",
        "Forma de adquisición",
        "Tipo de documento",
        "Número de documento",
        "Valor de compra",
        "Hoja de vida",
        "Registro de importación",
        "Manual operación (Esp)",
        "Manual servicio mto (Esp)",
        "Guía Rápida de uso",
        "Instructivo de manejo",
        "Protocolo Mto Prev.",
        "Frecuencia metrológica",
        "Mantenimiento Si/No",
        "Frecuencia anual mantenimiento",
        "Calibración Si/No",
        "Frecuencia anual calibración",
        "Magnitud",
        "Rango del equipo",
        "Resolución",
        "Rango de trabajo",
        "Error máximo permitido",
        "Voltaje",
        "Corriente",
        "Humedad relativa",
        "Temperatura",
        "Dimensiones",
        "Peso",
        "Otros",
        "Columna 51",
        "Columna 52",
        "Columna 53",
    ];
    assert_eq!(headers.len(), 53);
    let quoted = |cell: &str| {
        if cell.contains([';', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    let mut text = headers
        .iter()
        .map(|header| quoted(header))
        .collect::<Vec<_>>()
        .join(";")
        + "\r\n";
    let kinds = [
        ("Centrífuga", "HERMLE", "Z 206 A"),
        ("Micropipeta", "GILSON", "P200"),
        ("Incubadora", "Memmert", "IN 55"),
        ("Incubadora", "MEMMERT", "IN 55"),
        ("Nevera", "NI", "NI"),
        ("Balanza analítica", "Ohaus", "Pioneer\r\nPX224"),
    ];
    for index in 0..48usize {
        let (name, maker, model) = kinds[dice.below(kinds.len() as u64) as usize];
        let bought = *dice.pick(&[
            "2005",
            "oct-02",
            "Antes de 2003",
            "28/06/2021 (Facturado) 16/07/2021 (Instalado)",
            "15/03/2018",
            "NI",
            "2019-04-30",
        ]);
        let serial = match dice.below(5) {
            0 => "1,02031E+12".to_owned(),
            1 => "NI".to_owned(),
            2 => format!("00{:04} {}", dice.below(9_999), dice.below(9)),
            _ => format!("{:X}", dice.below(9_999_999)),
        };
        let code = if index % 16 == 15 {
            "NI".to_owned()
        } else {
            format!("{:05}", 4_100 + index)
        };
        let mut cells = vec![String::new(); 53];
        for (column, value) in [
            (0, "Laboratorio clínico"),
            (1, name),
            (2, &code),
            (3, "NI"),
            (5, "Persona 1"),
            (6, "Piso 2,\r\nsala B"),
            (7, maker),
            (8, model),
            (9, &serial),
            (12, *dice.pick(&["I", "IIA", "NI"])),
            (15, bought),
            (16, "UdeA"),
            (17, "NI"),
            (19, *dice.pick(&["Análisis Técnicos", "NI"])),
            (20, "No"),
            (22, *dice.pick(&["Compra", "Donación", "NI"])),
            (25, *dice.pick(&["$ 1.250.000", "NI", "980000"])),
            (49, "Equipo \"principal\"; revisar"),
        ] {
            cells[column] = value.to_owned();
        }
        text.push_str(
            &(cells
                .iter()
                .map(|cell| quoted(cell))
                .collect::<Vec<_>>()
                .join(";")
                + "\r\n"),
        );
    }
    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
}

pub fn cmms() -> String {
    let mut dice = Dice(13);
    let mut text = String::from(
        "Asset Tag\tEquipment Name\tManufacturer\tModel Number\tSerial Number\tDepartment\tRoom\tStatus\tPurchase Date\tWarranty Expiry\tPurchase Cost\tRisk Class\tMAC Address\tIP Address\n",
    );
    for index in 0..50u64 {
        let (name, maker, model) = *dice.pick(&[
            ("Infusion Pump", "Baxter", "Sigma Spectrum"),
            ("Patient Monitor", "GE Healthcare", "B40"),
            ("Ventilator", "Hamilton Medical AG", "C3"),
            ("Defibrillator", "Physio-Control", "LIFEPAK 20e"),
        ]);
        text.push_str(&format!("BME-{:04}\t{name}\t{maker}\t{model}\t{}{:06}\t{}\t{}\t{}\t{}-{:02}-{:02}\t\t{}.00\tClass IIb\t00:1a:2b:{:02x}:{:02x}:{:02x}\t10.1.{}.{}\n", index + 1, &maker[..2], dice.below(999_999), dice.pick(&["ICU", "ER", "OR"]), 100 + dice.below(40), dice.pick(&["In use", "In storage", "Under repair", "Retired"]), 2010 + dice.below(12), 1 + dice.below(12), 1 + dice.below(28), 2_000 + dice.below(9_000), dice.below(256), dice.below(256), index, dice.below(8), index + 2));
    }
    text
}

pub fn openboxes() -> String {
    let mut text = String::from(
        "Id,ProductCode,ProductType,Name,Category,GLAccount,Description,UnitOfMeasure,Tags,UnitCost,LotAndExpiryControl,ColdChain,Manufacturer,BrandName,ManufacturerCode,Vendor,VendorCode,UPC,Created,Updated\n",
    );
    for (code, name, category) in [
        ("AB123", "Gauze compress, 10 cm", "Dressings"),
        ("CD456", "Syringe, \"luer\", 5 mL", "Injection"),
        ("EF789", "Gloves, examination, M", "Protection"),
        ("GH012", "Paracetamol 500 mg", "Medicines"),
    ] {
        text.push_str(&format!(
            ",{code},Default,\"{}\",{category},,,Each,,0.25,TRUE,,,,,,,,,\n",
            name.replace('"', "\"\"")
        ));
    }
    text
}

pub fn umdns() -> String {
    let mut text = String::from("UMDNS Code,Term\n");
    for (code, term) in [
        ("11132", "Defibrillators"),
        ("13215", "Infusion Pumps"),
        ("12636", "Monitors, Bedside"),
        ("16260", "Monitors, Bedside, Physiologic"),
        ("11407", "Electrocardiographs"),
        ("00123", "Leading zeros kept"),
    ] {
        text.push_str(&format!("{code},\"{term}\"\n"));
    }
    text
}
