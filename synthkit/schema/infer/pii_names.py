"""What the name of a column says about its values: which kind of personal data, dates, flags.

Names are taken apart into words, and a kind's phrase has to stand at the end of them, so that
``email_verified`` is no e-mail and ``cust_billing_email_2`` is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from synthkit.schema.infer.names import words

__all__ = [
    "kind_of_name",
    "names_a_company",
    "names_a_date",
    "names_a_flag",
    "names_a_person",
]

_PHRASES = {
    "email": (
        "email mail emailaddress mailaddress emailaddr emailid correo correoelectronico courriel "
        "emailadresse mailadresse adresseemail indirizzoemail posta"
    ),
    "first_name": (
        "firstname fname givenname forename namefirst vorname prenom nombres primernombre "
        "voornaam primeironome christianname namegiven"
    ),
    "last_name": (
        "lastname lname surname familyname namelast nachname familienname nomdefamille nomfamille "
        "apellido apellidos cognome achternaam sobrenome namefamily secondname apelido"
    ),
    "name": (
        "fullname personname contactname customername clientname patientname employeename "
        "namefull nomcomplet nombrecompleto nomecompleto volledigenaam kundenname ansprechpartner "
        "membername studentname ownername holdername cardholdername cardholder accountholder "
        "recipientname passengername guestname authorname namegiven"
    ),
    "phone_number": (
        "phone phonenumber phonenum phoneno telephone telephonenumber tel telefon telephon "
        "telefono telefone telefoon mobile mobilephone mobilenumber mobil cell cellphone "
        "cellnumber handy handynummer telefonnummer rufnummer fax faxnumber faxno telefax gsm "
        "portable celular numerotelephone cellulare mobiel contactnumber msisdn whatsapp landline"
    ),
    "street_address": (
        "streetaddress address addr street adresse addressline addressline1 address1 addr1 line1 "
        "strasse str anschrift direccion rue calle indirizzo via adres straat endereco rua "
        "mailingaddress homeaddress postaladdress addressstreet straatnaam streetname "
        "strassenname"
    ),
    "secondary_address": (
        "secondaryaddress address2 addressline2 addr2 line2 apartment apt suite adresszusatz "
        "complementadresse complemento address3 addressline3"
    ),
    "city": (
        "city town cityname stadt ort wohnort ville ciudad citta stad plaats cidade locality "
        "municipality comune municipio gemeinde placename"
    ),
    "state": (
        "state province stateprovince statename provincename region bundesland provincia estado "
        "provincie county district stateorprovince stateabbr statecode provincecode "
        "administrativeunit"
    ),
    "country": (
        "country countryname land pays pais paese nation nationality native countryregion "
        "birthcountry"
    ),
    "country_code": "countrycode iso2 iso3 countryiso landeskennung codepays codigopais",
    "postcode": (
        "postcode postalcode zip zipcode zip5 plz postleitzahl codepostal codigopostal cep "
        "postalzip postal zippostal codpostal zipcodeplus4"
    ),
    "ssn": (
        "ssn socialsecuritynumber socialsecurity socialsecurityno nationalid nationalidnumber nin "
        "nino taxid taxnumber tin steuernummer steuerid sozialversicherungsnummer dni nif nie "
        "codicefiscale bsn cpf personnummer insee passport passportnumber passportno idnumber "
        "identitynumber"
    ),
    "iban": "iban ibannumber accountiban",
    "credit_card_number": (
        "creditcard creditcardnumber ccnumber cardnumber ccnum cardno kreditkarte "
        "kreditkartennummer numerocarte tarjeta cartacredito creditcardno"
    ),
    "ipv4_address": "ip ipaddress ipaddr ipv4 ipv4address clientip remoteip hostip adresseip",
    "ipv6_address": "ipv6 ipv6address",
    "mac_address": "mac macaddress macaddr",
    "user_name": (
        "username login loginname userlogin userhandle nickname benutzername screenname "
        "nomutilisateur usuario nomeutente gebruikersnaam handle"
    ),
    "company": (
        "company companyname employer organization organisation organizationname organisationname "
        "firma unternehmen firmenname entreprise societe empresa azienda ditta bedrijf "
        "bedrijfsnaam business businessname accountcompany orgname"
    ),
    "job": (
        "job jobtitle occupation profession beruf position jobname emploi metier puesto cargo "
        "professione lavoro beroep profissao"
    ),
    "latitude": "latitude lat breitengrad geolat latitud latitudine",
    "longitude": "longitude lon lng long laengengrad langengrad geolon geolng longitud longitudine",
    "date_of_birth": (
        "dob dateofbirth birthdate birthday datebirth birthdt geburtsdatum geburtstag "
        "datenaissance datedenaissance fechanacimiento fechadenacimiento datanascita "
        "datadinascita geboortedatum datanascimento datadenascimento"
    ),
    "url": "url website homepage webpage weburl webseite sitio siteweb uri",
    "user_agent_string": "useragent useragentstring browseragent",
    "license_plate": (
        "licenseplate licenceplate plate platenumber plateno kennzeichen immatriculation "
        "matricula targa kenteken licenseplatenumber"
    ),
    "vin": "vin vinnumber vehicleidentificationnumber fahrgestellnummer",
}
_VOCABULARY = {phrase: kind for kind, text in _PHRASES.items() for phrase in text.split()}
_LEAST_JOINED = 7
"""Letters that a phrase needs to be found inside a name written in one word."""
_AFTER = frozenset(
    "primary secondary work home raw clean text value main personal private business office billing"
    " shipping mailing current new old other alternate alt full".split()
)
_FLAG_STARTS = frozenset("is has was can does did should had ist hat est tiene".split())
_FLAG_WORDS = frozenset(
    "flag active enabled disabled deleted verified valid visible optin optout subscribed bool"
    " boolean indicator ind approved archived default aktiv activo actif attivo".split()
)
_DATE_WORDS = frozenset(
    "date day dt datum fecha data jour tag dia giorno dob birth birthday geburtsdatum month monat"
    " period timestamp ts time ymd yyyymmdd yyyymm created updated modified since until".split()
)
_PEOPLE = frozenset(
    "person people customer client employee staff user member patient student player actor author"
    " contact lead guest passenger teacher driver owner subscriber candidate applicant kunde kunden"
    " mitarbeiter personal persona personen cliente clientes empleado utente medewerker klant"
    " doctor visitor participant donor tenant attendee registrant athlete".split()
)
_NAMING = frozenset(("name", "nom", "nombre", "nome", "naam"))
_FIRMS = frozenset(
    "company companies companie organisation organization firm supplier vendor employer business"
    " businesse shipper carrier firma unternehmen entreprise empresa azienda bedrijf".split()
)


def _ends(name: str) -> Iterator[str]:
    """Yield the joined words of a name from ever later starts, at each end that may count."""
    parts = list(words(name))
    ends = [parts]
    while parts and (parts[-1].isdigit() or parts[-1] in _AFTER):
        parts = parts[:-1]
        ends.append(parts)
    for end in ends:
        for start in range(len(end)):
            yield "".join(end[start:])


@lru_cache(maxsize=4096)
def kind_of_name(name: str) -> str | None:
    """Return the kind of personal data that a column's name speaks of, None if it does not.

    >>> kind_of_name("BillingPostalCode"), kind_of_name("cust_fname"), kind_of_name("email_sent")
    ('postcode', 'first_name', None)
    """
    for phrase in _ends(name):
        if phrase in _VOCABULARY:
            return _VOCABULARY[phrase]
    last = words(name)[-1:]
    joined = [
        phrase
        for phrase in _VOCABULARY
        if len(phrase) >= _LEAST_JOINED and last and last[0].endswith(phrase)
    ]
    return _VOCABULARY[max(joined, key=len)] if joined else None


def names_a_person(name: str, table: str | None) -> bool:
    """Whether a column that is called no more than a name holds the names of a table's people."""
    return bool(_named_by(name, table) & _PEOPLE)


def names_a_company(name: str, table: str | None) -> bool:
    """Whether a column that is called no more than a name holds the names of a table's firms."""
    return bool(_named_by(name, table) & _FIRMS)


def _named_by(name: str, table: str | None) -> set[str]:
    """Return the words for what a column names, also in the singular; none if it is no name."""
    parts = words(name)
    if not parts or parts[-1] not in _NAMING:
        return set()
    around = set(parts[:-1]) or set(words(table or ""))
    return {word.removesuffix("s") for word in around} | around


def names_a_flag(name: str) -> bool:
    """Whether a name is that of a yes or no (``is_active``, ``hasChildren``, ``opt_in_flag``)."""
    parts = words(name)
    return bool(parts) and (parts[0] in _FLAG_STARTS or parts[-1] in _FLAG_WORDS)


def names_a_date(name: str) -> bool:
    """Whether a name speaks of a date or time."""
    parts = words(name)
    return bool(_DATE_WORDS & set(parts)) or any(
        part.endswith(("date", "datum", "dt")) for part in parts
    )
