"""The arithmetic that tells numbers of cards, accounts and people from other numbers."""

import ipaddress
import re

_VERHOEFF_PRODUCTS = [
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
]
_VERHOEFF_SHIFTS = [
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
]
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def digits(text: str) -> str:
    """Return the digits of a text."""
    return re.sub(r"\D", "", text)


def luhn(text: str) -> bool:
    """Tell whether digits have Luhn's check digit, as cards have; they are not all the same.

    Source: https://en.wikipedia.org/wiki/Luhn_algorithm
    """
    number = digits(text)
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    total = sum(map(int, number[-1::-2])) + sum(each - 9 * (each > 9) for each in doubled)
    return len(set(number)) > 1 and total % 10 == 0


def iban(text: str) -> bool:
    """Tell whether an account number has ISO 13616's check digits."""
    account = re.sub(r"\s", "", text).upper()
    turned = account[4:] + account[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def french_nir(text: str) -> bool:
    """Tell whether a French social security number has its key.

    Source: https://www.insee.fr/fr/metadonnees/definition/c1409
    """
    number = re.sub(r"\s", "", text).upper().replace("2A", "19", 1).replace("2B", "18", 1)
    number = digits(number)
    return len(number) == 15 and 97 - int(number[:13]) % 97 == int(number[13:])


def us_ssn(text: str) -> bool:
    """Tell whether the three parts of a social security number may be.

    Source: https://www.ssa.gov/employer/randomization.html
    """
    number = digits(text)
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def us_itin(text: str) -> bool:
    """Tell whether the middle digits are those of taxpayers' numbers.

    Source: https://www.irs.gov/irm/part3/irm_03-021-263r
    """
    group = int(digits(text)[3:5])
    return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99


def aba_routing(text: str) -> bool:
    """Tell whether a bank's routing number has its check digit.

    Source: https://en.wikipedia.org/wiki/ABA_routing_transit_number
    """
    number = [int(digit) for digit in digits(text)]
    weights = (3, 7, 1) * 3
    return sum(a * b for a, b in zip(number, weights, strict=True)) % 10 == 0 and any(number)


def uk_nhs(text: str) -> bool:
    """Tell whether an NHS number has its check digit.

    Source: https://www.datadictionary.nhs.uk/attributes/nhs_number.html
    """
    number = [int(digit) for digit in digits(text)]
    rest = 11 - sum(a * b for a, b in zip(number, range(10, 1, -1), strict=False)) % 11
    return rest % 11 == number[9]


def verhoeff(text: str) -> bool:
    """Tell whether digits have Verhoeff's check digit, as Aadhaar numbers have."""
    check = 0
    for place, digit in enumerate(reversed(digits(text))):
        check = int(_VERHOEFF_PRODUCTS[check][int(_VERHOEFF_SHIFTS[place % 8][int(digit)])])
    return check == 0


def vehicle(text: str) -> bool:
    """Tell whether a vehicle's number has the check digit that North America asks for.

    Source: https://www.ecfr.gov/current/title-49/subtitle-B/chapter-V/part-565
    """
    values = [int(_VIN_VALUES.get(letter, letter)) for letter in text.upper()]
    rest = sum(a * b for a, b in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return text[8].upper() == ("X" if rest == 10 else str(rest))


def ip_address(text: str) -> bool:
    """Tell whether a text is an address of IPv4 or IPv6."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def looks_random(text: str) -> bool:
    """Tell whether letters of both cases and digits are mixed, as in secret keys."""
    return (
        any(letter.isdigit() for letter in text)
        and any(letter.isupper() for letter in text)
        and any(letter.islower() for letter in text)
    )
