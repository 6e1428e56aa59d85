"""Make src/backstory/enrich/data/first_names.json: first names of people, and common surnames.

Run: python -m tools.make_first_names (needs Faker; evaluation and tools only)
Source: the lists of names of Faker's locales (https://github.com/joke2k/faker, MIT), those in
Latin letters; a few names of people in the news, written for this project, are added.
"""

from __future__ import annotations

import json
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import faker.providers.person as person

from backstory.text.folding import fold_name

OUT = Path("src/backstory/enrich/data/first_names.json")
LATIN = re.compile(r"[A-Za-zÀ-ɏ][a-zà-ɏ'’]+(?:-[A-Za-zÀ-ɏ][a-zà-ɏ]+)?")
MORE = """Volodymyr Vladimir Xi Narendra Recep Tayyip Benjamin Binyamin Bibi Viktor Emmanuel Olaf
    Keir Rishi Boris Theresa Angela Ursula Jens Kim Moon Shinzo Fumio Yoshihide Jair Luiz Lula
    Nicolas Gustavo Andres Javier Claudia Cyril Jacob Uhuru William Abiy Paul Yoweri Muhammadu Bola
    Bashar Hassan Hussein Ali Ebrahim Masoud Mahmoud Mohammed Muhammad Mohamed Mohammad Ahmed Ahmad
    Abdul Abdel Abdullah Khalid Ismail Yahya Qassem Nawaz Shehbaz Imran Asif Bilawal Sheikh Hamid
    Ashraf Aung Min Joko Prabowo Rodrigo Bongbong Ferdinand Anwar Mahathir Najib Scott Anthony
    Jacinda Justin Joe Jill Kamala Hillary Barack Michelle Melania Ivanka Jared Antony Jake Lloyd
    Merrick Rudy Kellyanne Mitch Nancy Chuck Kevin Hakeem Alexandria Bernie Elon Jeff Mark Satya
    Sundar Tim Sheryl Greta Malala Beyonce Kanye Kim Kylie Kendall Taylor Ariana Britney Meghan
    Harry Kate Serena Venus Novak Rafael Roger Lionel Cristiano Kylian Neymar Usain LeBron Tiger
    Simone Pope Rahul Sonia Priyanka Amit Arvind Yogi Mamata Uddhav Devendra Nitin Nirmala Rajnath
    Virat Rohit Sachin Shah Salman Aamir Deepika Ranveer Alia Akshay Amitabh"""


def main() -> None:
    first: set[str] = {fold_name(name) for name in MORE.split()}
    last: set[str] = set()
    for module in sorted(m.name for m in pkgutil.iter_modules(person.__path__)):
        provider = import_module(f"faker.providers.person.{module}").Provider
        for attribute in dir(provider):
            if not attribute.startswith(("first_names", "last_names")):
                continue
            names = getattr(provider, attribute)
            into = first if attribute.startswith("first_names") else last
            if isinstance(names, dict | list | tuple):
                for name in names:
                    if isinstance(name, str) and LATIN.fullmatch(name):
                        into.add(fold_name(name))
    # A surname that many carry as a first name says nothing here, and the other way round.
    OUT.write_text(
        json.dumps(
            {
                "about": (__doc__ or "").strip(),
                "first": " ".join(sorted(first)),
                "last": " ".join(sorted(last - first)),
            },
            ensure_ascii=False,
            indent=0,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
