"""Streets and house numbers in the form of a country, where its cities are known by region.

Names are common ones of the country, and family names where streets are called after people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthkit.generators.values.expressions import Expression, Pool, joined, literal, mixture
from synthkit.generators.values.faker_pools import pool
from synthkit.generators.values.locales import territory

__all__ = ["street_address", "street_name"]

NAMED_AFTER = 0.25
"""Share of streets that have a family name."""


@dataclass(frozen=True)
class _Style:
    """How streets are called: ``street`` of name and kind, ``address`` of street and number.

    Names and kinds are parted by ``|``, the first the commonest. Family names end in ``after``;
    None where no street has one. A share of addresses has ``flat``, a number up to ``flats``, at
    its end or, with ``first``, at its beginning.
    """

    street: str
    address: str
    names: str
    kinds: str
    after: str | None = ""
    highest: int = 180
    flat: str = ""
    flat_share: float = 0.0
    first: bool = False
    flats: int = 40


STYLES = {
    "en": _Style(
        "{name} {kind}",
        "{number} {street}",
        "Main|Oak|Maple|Park|Cedar|Pine|Elm|Washington|Lake|Hill|Walnut|Spring|North|Ridge|Church"
        "|Willow|Mill|Sunset|Railroad|Jefferson|Center|Highland|Forest|Jackson|River|Meadow|Broad"
        "|Chestnut|Lincoln|South|Franklin|Spruce|Cherry|Dogwood|Hickory|Birch|College|Prospect",
        "Street|Avenue|Road|Drive|Lane|Court|Boulevard|Way|Place|Circle",
        highest=9_999,
        flat=" Apt {flat}",
        flat_share=0.12,
    ),
    "en_GB": _Style(
        "{name} {kind}",
        "{number} {street}",
        "High|Station|Church|Park|Victoria|London|Mill|Green|Queens|Kings|Manor|Albert|New|York"
        "|Grange|Highfield|Alexandra|North|West|South|School|Springfield|George|Chapel|Windsor"
        "|Richmond|Stanley|Broadway|Grove|Chester|Clarence|Meadow|Orchard|Woodland|Bridge|Castle",
        "Road|Street|Lane|Close|Avenue|Drive|Gardens|Way|Crescent|Grove|Terrace|Court",
        flat="Flat {flat}, ",
        flat_share=0.1,
        first=True,
    ),
    "de": _Style(
        "{name}{kind}",
        "{street} {number}",
        "Haupt|Bahnhof|Schul|Garten|Dorf|Berg|Kirch|Wald|Linden|Birken|Wiesen|Feld|Mühlen|Buchen"
        "|Rosen|Amsel|Goethe|Schiller|Mozart|Beethoven|Luther|Post|Markt|Jahn|Tannen|Eichen"
        "|Bach|Blumen|Ahorn|Erlen|Fichten|Sonnen|Friedrich|Kant|Lessing|Uhland|Burg|Brunnen",
        "straße|weg|ring|allee|platz|gasse",
    ),
    "fr": _Style(
        "{kind} {name}",
        "{number} {street}",
        "de la République|Victor Hugo|de la Gare|de l'Église|du Moulin|Pasteur|des Écoles"
        "|de la Mairie|du Général de Gaulle|de Verdun|Jules Ferry|Jean Jaurès|de la Liberté"
        "|des Lilas|du Château|de la Fontaine|Voltaire|Gambetta|des Acacias|Émile Zola"
        "|du 8 Mai 1945|de la Paix|des Tilleuls|Jean Moulin|du Stade|des Vignes|de Paris"
        "|de la Poste|Molière|Saint-Jean|des Roses|Léon Blum|du Marché|des Jardins|Carnot",
        "rue|avenue|boulevard|place|chemin|allée|impasse",
        after=None,
    ),
    "es": _Style(
        "{kind} {name}",
        "{street}, {number}",
        "Mayor|Real|de la Constitución|del Sol|de la Iglesia|Nueva|de Cervantes|de Andalucía"
        "|de San José|de la Paz|de Goya|de la Fuente|del Carmen|de San Juan|de Colón|del Pilar"
        "|de Velázquez|de la Estación|de Santa Ana|de Castilla|de las Flores|de Ramón y Cajal"
        "|de San Antonio|del Prado|de Aragón|de la Libertad|de Murillo|de Miguel Hernández"
        "|de la Cruz|del Rosario|de Galicia|de Picasso|de los Olivos|de San Miguel|de Valencia",
        "Calle|Avenida|Plaza|Paseo|Travesía|Camino",
        after=None,
        flat=", {flat}º",
        flat_share=0.35,
        flats=9,
    ),
    "it": _Style(
        "{kind} {name}",
        "{street}, {number}",
        "Roma|Garibaldi|Marconi|Mazzini|Dante Alighieri|Cavour|Giuseppe Verdi|Matteotti|Verdi"
        "|IV Novembre|XX Settembre|della Repubblica|Vittorio Emanuele II|Leonardo da Vinci|Galilei"
        "|della Libertà|Milano|Kennedy|San Francesco|Gramsci|Manzoni|Carducci|Trieste|dei Mille"
        "|San Giovanni|della Stazione|Torino|Venezia|XXV Aprile|Fratelli Bandiera|Trento|Piave"
        "|Michelangelo|Giovanni Pascoli|delle Rose|Alcide De Gasperi|Aldo Moro|San Martino",
        "Via|Viale|Piazza|Corso|Vicolo|Largo",
        after=None,
    ),
    "nl": _Style(
        "{name}{kind}",
        "{street} {number}",
        "Kerk|School|Dorps|Molen|Stations|Julian|Wilhelmina|Beatrix|Eiken|Linden|Beuken|Nieuw"
        "|Hoofd|Prinsen|Konings|Park|Berken|Industrie|Oranje|Rembrandt|Vondel|Wilgen|Esdoorn"
        "|Kastanje|Markt|Haven|Tulpen|Rozen|Merel|Zuider|Noorder|Ooster|Wester|Burg|Raadhuis",
        "straat|weg|laan|plein|hof|singel|kade|dreef",
        after=None,
    ),
    "pt": _Style(
        "{kind} {name}",
        "{street}, {number}",
        "das Flores|São José|Sete de Setembro|Quinze de Novembro|Tiradentes|Dom Pedro II"
        "|Getúlio Vargas|Santo Antônio|São João|Rui Barbosa|Treze de Maio|Castro Alves"
        "|Duque de Caxias|Santos Dumont|da Paz|Marechal Deodoro|Santa Rita|Primeiro de Maio"
        "|Bela Vista|São Paulo|Rio Branco|Amazonas|José Bonifácio|das Palmeiras|Minas Gerais"
        "|Barão do Rio Branco|São Francisco|Bahia|Presidente Vargas|da Saudade|dos Ipês|São Pedro",
        "Rua|Avenida|Travessa|Alameda|Praça",
        after=None,
        highest=1_999,
        flat=", apto {flat}",
        flat_share=0.2,
    ),
    "pl": _Style(
        "ul. {name}",
        "{street} {number}",
        "Polna|Leśna|Słoneczna|Krótka|Szkolna|Ogrodowa|Lipowa|Brzozowa|Łąkowa|Kwiatowa|Kościelna"
        "|Sosnowa|Zielona|Parkowa|Akacjowa|Kolejowa|Mickiewicza|Kościuszki|Sienkiewicza"
        "|Słowackiego|Piłsudskiego|Jana Pawła II|Reymonta|Konopnickiej|Długa|Spacerowa|Wiśniowa"
        "|Dworcowa|Wodna|Młyńska|Rynek|Kopernika|Chopina|Żeromskiego|Warszawska|Krakowska"
        "|Sportowa|Klonowa|Dębowa|Jesionowa|Wiejska|Górna|Nowa|Cicha|Boczna|Piaskowa|Kolorowa",
        "",
        after=None,
        highest=120,
        flat="/{flat}",
        flat_share=0.5,
    ),
    "sv": _Style(
        "{name}{kind}",
        "{street} {number}",
        "Stor|Skol|Kyrko|Ny|Ring|Skogs|Björk|Järnvägs|Park|Strand|Trädgårds|Gran|Idrotts|Industri"
        "|Kungs|Drottning|Tall|Lind|Ek|Kvarn|Hamn|Ängs|Åker|Asp|Bergs|Rosen|Villa|Mellan|Norra"
        "|Söder|Öster|Väster|Sjö|Solrosen|Ljung|Stations|Torg|Fabriks|Kristalls|Vasa",
        "gatan|vägen|gränd|stigen|torget",
        after=None,
    ),
    "ja": _Style(
        "{name}{kind}",
        "{street}{number}-{flat}",
        "本町|中央|栄町|緑町|東町|西町|南町|北町|旭町|幸町|寿町|若葉町|桜町|大手町|新町|宮前|泉町|元町"
        "|港町|松原|高砂|富士見|青葉|日の出町|錦町|末広町|千代田|駅前|美原|朝日町|大和町|平和|曙町"
        "|上町|下町|中町|山手|浜町|白山|住吉|八幡|稲荷町|春日|藤原|田町|川端町|仲町|桜木|常盤|昭和町",
        "1丁目|2丁目|3丁目|4丁目|5丁目",
        after=None,
        highest=30,
    ),
    "tr": _Style(
        "{name} {kind}",
        "{street} No: {number}",
        "Atatürk|Cumhuriyet|İnönü|Fatih|Gazi|Lale|Gül|Menekşe|Papatya|Barbaros|Mimar Sinan"
        "|Yunus Emre|Mevlana|İstiklal|Zafer|Hürriyet|Çınar|Okul|Cami|Bahçe|Fevzi Çakmak|Karanfil"
        "|Yıldız|Güneş|Çiçek|Deniz|Orman|Kavak|Ihlamur|Zambak|Namık Kemal|Ziya Gökalp|Selçuklu"
        "|Osmanlı|Turgut Özal|Adnan Menderes|Şehitler|Yavuz Selim|Kanuni|Piri Reis|Akasya|Söğüt",
        "Sokak|Caddesi|Bulvarı",
        after=None,
        flat=" D: {flat}",
        flat_share=0.4,
    ),
}
"""By language, or by locale where it differs."""
COUNTRIES = {
    "US": "en", "CA": "en", "GB": "en_GB", "DE": "de", "FR": "fr", "ES": "es", "IT": "it",
    "NL": "nl", "BR": "pt", "PL": "pl", "SE": "sv", "JP": "ja", "TR": "tr",
}  # fmt: skip


def street_name(locale: str) -> Expression | None:
    """Return names of streets; None in a country whose streets are not known."""
    if (style := _style(locale)) is None:
        return None
    return _filled(style.street, {"name": _names(style, locale), "kind": _common(style.kinds)})


def street_address(locale: str) -> Expression | None:
    """Return streets with house numbers, some with a flat; None as for `street_name`."""
    if (style := _style(locale)) is None or (street := street_name(locale)) is None:
        return None
    near = 15 if style.highest < 1_000 else style.highest / 20
    numbers = {str(number): 1 / (number + near) for number in range(1, style.highest + 1)}
    flats = Pool.of([str(number) for number in range(1, style.flats + 1)])
    house = _filled(style.address, {"street": street, "number": Pool.of(numbers), "flat": flats})
    if not style.flat:
        return house
    flat = _filled(style.flat, {"flat": flats})
    whole = joined([flat, house] if style.first else [house, flat])
    return mixture([(house, 1 - style.flat_share), (whole, style.flat_share)])


def _style(locale: str) -> _Style | None:
    name = "fr" if locale == "fr_CA" else COUNTRIES.get(territory(locale))
    return STYLES[name] if name else None


def _names(style: _Style, locale: str) -> Expression:
    common = _common(style.names)
    if style.after is None:
        return common
    surnames = pool(("last_name",), locale)
    weights = zip(surnames.values.to_pylist(), surnames.weights.tolist(), strict=True)
    plain = {name + style.after: weight for name, weight in weights if name.isalpha()}
    return mixture([(common, 1 - NAMED_AFTER), (Pool.of(plain), NAMED_AFTER)])


def _common(words: str) -> Pool:
    """Return words parted by ``|``, the first the commonest."""
    return Pool.of({word: 1 / (place + 4) for place, word in enumerate(words.split("|"))})


def _filled(form: str, parts: dict[str, Expression]) -> Expression:
    """Put parts in the places of a form."""
    pieces = re.findall(r"\{(\w+)\}|([^{}]+)", form)
    return joined(parts[part] if part else literal(text) for part, text in pieces)
