#!/usr/bin/env python3
"""Writes an invented inventory, as a GMAO exports it, to measure imports: bench/inventory.py ROWS > FILE

The same number of rows always gives the same file. Its shape is a university hospital's: 60 makers, 450 models,
160 units, half of the devices bought by lots, a third on the network, cells left empty, some dates in words, one row
in five hundred repeated and one in five hundred whose key another device has.
"""

import csv
import random
import sys
from datetime import date, timedelta

KINDS = [
    ("Moniteur multiparamétrique", "IIb", 9000), ("Pousse-seringue électrique", "IIb", 1200),
    ("Pompe à perfusion", "IIb", 1500), ("Ventilateur de réanimation", "IIb", 26000),
    ("Défibrillateur", "III", 9500), ("Échographe", "IIa", 80000), ("Électrocardiographe", "IIa", 4500),
    ("Lit médicalisé", "I", 3200), ("Aspirateur chirurgical", "IIa", 2100), ("Bistouri électrique", "IIb", 12000),
    ("Table d’opération", "I", 45000), ("Incubateur", "IIb", 21000), ("Générateur de dialyse", "IIb", 18000),
    ("Centrifugeuse", "", 6000), ("Scialytique", "I", 15000), ("Thermomètre", "IIa", 90),
    ("Tensiomètre", "IIa", 300), ("Oxymètre de pouls", "IIb", 900), ("Mobile de radiographie", "IIb", 90000),
    ("Chauffe-patient", "IIb", 2500),
]
MAKERS = [f"{a} {b}" for a in ("Alpha", "Boréal", "Cyme", "Delta", "Éole", "Forge", "Galène", "Hélia", "Iris", "Jade")
          for b in ("Médical", "Santé", "Systèmes", "Instruments", "Biotech", "Healthcare")]
WARDS = ["Réanimation", "Cardiologie", "Pneumologie", "Néphrologie", "Bloc opératoire", "Urgences", "Pédiatrie",
         "Maternité", "Gériatrie", "Oncologie", "Neurologie", "Orthopédie", "Imagerie", "Hémodialyse", "SSR", "Médecine"]
STATES = ["En service"] * 16 + ["En panne", "En maintenance", "En stock", "Réformé"]
HEADERS = ["N° inventaire", "Désignation", "Marque", "Modèle", "Référence", "N° série", "Code UF", "Service", "Local",
           "État", "Date de mise en service", "Date d'achat", "Fin de garantie", "Prix d'achat", "Fournisseur",
           "Classe", "Code CNEH", "N° de marché", "Connecté", "Adresse MAC", "Adresse IP", "Version logiciel",
           "Criticité", "Commentaire"]


def rows(count):
    dice = random.Random(20_000)
    models = []
    for number in range(450):
        kind, risk, price = KINDS[number % len(KINDS)]
        maker = MAKERS[dice.randrange(len(MAKERS))]
        models.append((kind, maker, f"{maker.split()[0][:3].upper()}{number:03}", f"REF-{number:05}", risk, price))
    units = [(f"{2000 + i}", f"{WARDS[i % len(WARDS)]} {i // len(WARDS) + 1}") for i in range(160)]
    origin = date(2004, 1, 1)
    written = []
    for number in range(count):
        if number % 500 == 499:
            written.append(list(written[dice.randrange(len(written))]))
            yield written[-1]
            continue
        kind, maker, name, reference, risk, price = models[min(int(dice.expovariate(1 / 90)), 449)]
        unit, ward = units[dice.randrange(160)]
        bought = origin + timedelta(days=dice.randrange(8000))
        service = bought + timedelta(days=dice.randrange(10, 120))
        connected = dice.random() < 0.33
        row = [
            f"BM{number:07}", kind, maker, name, reference, f"{name}{dice.randrange(10**8):08}", unit, ward,
            f"{dice.choice('ABCDE')}{dice.randrange(1, 500):03}", dice.choice(STATES),
            service.strftime("%d/%m/%Y") if dice.random() < 0.97 else f"courant {service.year}",
            bought.strftime("%d/%m/%Y"), (bought + timedelta(days=730)).strftime("%d/%m/%Y"),
            f"{price * dice.uniform(0.8, 1.3):.2f}".replace(".", ","), dice.choice(MAKERS) if dice.random() < 0.4 else maker,
            risk, f"{51000 + models.index((kind, maker, name, reference, risk, price)) % 97}", f"M{bought.year}-{dice.randrange(300):03}",
            "oui" if connected else "non",
            "02:" + ":".join(f"{dice.randrange(256):02x}" for _ in range(5)) if connected else "",
            f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}" if connected else "",
            f"{dice.randrange(1, 6)}.{dice.randrange(10)}" if connected else "",
            dice.choice(["faible", "moyenne", "haute", "vitale", ""]),
            "Repris de l’ancien système" if dice.random() < 0.1 else "",
        ]
        if number % 500 == 250:
            row[0] = written[dice.randrange(len(written))][0]
        written.append(row)
        yield row


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("utilisation : bench/inventory.py LIGNES > FICHIER")
    out = csv.writer(sys.stdout, delimiter=";", lineterminator="\r\n")
    out.writerow(HEADERS)
    out.writerows(rows(int(sys.argv[1])))


if __name__ == "__main__":
    main()
