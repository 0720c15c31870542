"""Indonesian names by people and generation: how the district's people are called.

The pools are ordered from common to rare and drawn with that skew. Nobody here is a
real person: names are put together from words that thousands of people carry.
"""

from __future__ import annotations

import numpy as np

from demo.draws import NOTHING, Bools, Ints, Pool, Texts, generator, joined, texts

PEOPLES = ("JAWA", "BETAWI", "SUNDA", "MELAYU", "MINANG", "BATAK", "BUGIS", "MAKASSAR")
SITE_PEOPLES = (
    (0.34, 0.36, 0.17, 0.02, 0.05, 0.05, 0.01, 0.0),
    (0.17, 0.0, 0.03, 0.32, 0.36, 0.12, 0.0, 0.0),
    (0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.26, 0.70),
)
"""Share of each people, per site."""

_ARAB_M = (
    "AHMAD RAHMAT HASAN HUSEIN IBRAHIM ISMAIL YUSUF UMAR ALI HAMZAH ARIF AMIR RIDWAN SYARIFUDDIN "
    "NURDIN SALEH KAMARUDDIN BAHARUDDIN JAMALUDDIN SYAMSUDDIN HIDAYAT RAMLI ZAINUDDIN MANSYUR "
    "HARUN IDRIS ILYAS ZULKIFLI FAUZI HAKIM LATIF KARIM RAHIM SALIM ANWAR MAHMUD THAMRIN "
    "BURHANUDDIN "
    "SULAIMAN MUSTAFA YAHYA ZAKARIA USMAN JAFAR NASIR BASRI AZIS HALIM MANAF RASYID"
)
_ARAB_F = (
    "AISYAH FATIMAH KHADIJAH MARYAM ZAINAB HALIMAH AMINAH RAHMAH NURHAYATI ROHANI SALMAH HASNAH "
    "MARIAM NURJANAH ROSMINI RUKIAH MAIMUNAH SALBIAH HAMIDAH JAMILAH KHAIRIAH NURLAILA RAMLAH "
    "SAPIAH SUAIBAH SYAMSIAH ZUBAIDAH HAWA FARIDAH MASITA NURMALA HASNAWATI SARIPAH RABIAH "
    "KALSUM AZIZAH LATIFAH MUNAWARAH NADIRAH HAJRAH"
)
_ABD = (
    "RAHMAN RAHIM AZIZ KADIR HAMID LATIF KARIM MALIK GANI RASYID SALAM WAHAB MANAN JALIL HALIM "
    "GAFUR MUIS SAMAD RAZAK SYUKUR HAKIM MAJID MUTALIB BASIR"
)
_YOUNG_M = (
    "RIZKY FAJAR ALIF RAFA FARHAN ILHAM RAKA DIMAS ADITYA RAIHAN FADIL ARKA AKBAR RAFI GILANG "
    "BAGAS YOGA REZA NAUFAL AZKA DAFFA IQBAL FIKRI HAFIZ ZIDAN RAYHAN KENZO ARYA ALFARIZI GALANG "
    "RADITYA FATHIR AFKAR BIMA REYHAN ALTHAF ADLI FARIZ RAMADHAN REVAN RASYA SATRIA"
)
_YOUNG_F = (
    "NUR PUTRI AISYAH NAURA ZAHRA SALSABILA KEYLA NADIA AULIA NAYLA ALYA RANIA KIRANA SYIFA NABILA "
    "AZZAHRA TASYA ANNISA INTAN AYU DINDA ADELIA SABRINA SAFIRA KANIA ALMIRA CINTA QUEENSHA "
    "HUMAIRA "
    "RAISA SHAKILA TIARA FITRI AMELIA VANIA SALWA NAJWA ZASKIA NAILA MEYSA"
)
_YOUNG_M2 = (
    "PRATAMA SAPUTRA RAMADHAN HIDAYAT MAULANA PUTRA NUGRAHA AL FARIZI FIRMANSYAH KURNIAWAN WIJAYA "
    "PERMANA SYAHPUTRA HAKIM ARDIANSYAH AKBAR MAHENDRA SETIAWAN ALFATIH GUNAWAN RAHMAN ADITYA "
    "FEBRIAN PRADANA WIBOWO SANJAYA FADILLAH ALGHIFARI"
).replace("AL FARIZI", "ALFARIZI")
_YOUNG_F2 = (
    "PUTRI RAMADHANI LESTARI AZZAHRA MAHARANI SARI AULIA SAFITRI ANGGRAINI PERMATA RAHMAWATI DEWI "
    "KHAIRUNNISA SALSABILA MAULIDA OKTAVIANI AMALIA NURHALIZA CAHYANI FEBRIANTI SAPUTRI NINGRUM "
    "PRATIWI HAFIZAH ANDINI NURAINI FADILA KIRANA PUSPITA"
)
_POOLS: dict[str, Pool] = {
    name: Pool(words)
    for name, words in {
        "JAWA_M0": "SLAMET SUPARNO SUTRISNO SUGENG MULYONO WAGIMAN SUKIMIN PAIMIN TUKIMIN SARDI "
        "PONIMIN SUKARNO NGADIMIN KASIMAN SUMARNO SUROSO SUYANTO SUNARTO SUWARNO SUGITO SARJONO "
        "PARTO KARSO WAKIDI SUPARDI SURATMAN MARGONO WARSITO SUDARMAN DJUMADI SOEKIRMAN POERNOMO",
        "JAWA_M1": "AGUS BUDI EKO JOKO SUPRIYADI HERI BAMBANG TRI WAHYU DWI SIGIT TEGUH HARYANTO "
        "SUTARNO PURWANTO SRIYONO EDI YANTO WIDODO SUPRAPTO JUMADI SETYO PRIYANTO ANTON ARIS RUDI",
        "JAWA_F0": "SRI SUTINI NGATINI PARTINI TUMINI SUPARMI WAGINEM SUKINEM PONIYEM "
        "SAMINEM SARINAH "
        "KARTINI SUMARNI SUMIATI PAINEM LASMI SUTARMI SURATMI MURTINI SOEMIATI NGADIYEM RUBINEM",
        "JAWA_F1": "SRI SITI DWI TRI ENDANG YUNI RINI WIWIK PUJI LILIK SUSI NANIK ERNI "
        "SULASTRI ETIK "
        "TITIK RETNO WAHYUNI SUPRIHATIN INDAH MURNI NINIK ANIK",
        "JAWA_M2": "WIDODO SANTOSO RAHARJO UTOMO WIBOWO PRASETYO NUGROHO SUSANTO SAPUTRO CAHYONO "
        "HARTONO PURNOMO KUNCORO WALUYO HANDOKO SISWANTO",
        "JAWA_F2": "LESTARI WAHYUNI HANDAYANI NINGSIH RAHAYU WULANDARI ASTUTI UTAMI HARTATI "
        "WINARNI "
        "SUHARTI PUJIASTUTI SETYOWATI KURNIASIH YULIANTI MARYATI",
        "BETAWI_M": "ABDUL MUHAMMAD NURDIN MUHAYAR SAIPUL MARZUKI ROJALI SANUSI ROHMAN "
        "MARJUKI NAMIN "
        "SUHERMAN JUNAEDI MADALIH SARMILI NASRUDIN MURSIDI AMSAR SAARI NAWAWI HASANUDIN SAMSUDIN "
        "MUHTAR BAHRUDIN MUKHLIS",
        "BETAWI_F": "SITI ROHAYATI MURSIDAH ROHMAH MAESAROH NURHASANAH SAADAH MURNIH "
        "ROSIDAH MAMNUNAH "
        "HALIMAH JAMILAH MASNAH NURYATI ROHANAH MUNAWAROH MARYAMAH ZAHROH UMAMAH SAIDAH ASIAH",
        "SUNDA_M": "ASEP UJANG DADANG CECEP ENDANG DEDI YAYAN AGUS IWAN TATANG OTONG MAMAN "
        "DEDEN JAJANG "
        "ENTIS AEP UCUP OMAN ADE HENDRA",
        "SUNDA_F": "NENENG EUIS IIS IMAS AI ENTIN YAYAH TITIN CUCU ELIS ENUNG LILIS NINING "
        "ROSTIKA YETI "
        "ATIKAH WIWIN DEDEH OOM IDA",
        "SUNDA_M2": "SUPRIATNA HERMAWAN SUHENDAR KURNIA SUTISNA HIDAYAT PERMANA SURYANA RUSTANDI "
        "SOLIHIN KOSASIH SUPRIADI RUHIYAT NURJAMAN",
        "SUNDA_F2": "SUMIATI NURHAYATI ROHAENI KOMARIAH SUKAESIH MARLINA SOLIHAH KURNIASIH "
        "HERAWATI "
        "NURJANAH YULIA RATNASARI",
        "MELAYU_M": "MUHAMMAD ABDUL ZULKIFLI ZAINAL SYAFRIZAL AZWAR JUFRI RAJA TENGKU ENCIK HASYIM "
        "BAHTIAR ROSLI AZMAN RUSTAM EFENDI DARWIS KHAIRUL AMRIZAL YUSRIL HERMAN ISKANDAR",
        "MELAYU_F": "SITI NURLELA ROSNAH ZURAIDA YUSNIDAR ROSDIANA NURAINI MASTURA ERNAWATI ROHANI "
        "KAMARIAH RAFIDAH ELVI RAJA AZLINA NORMALA DAHLIA YUSMANIAR SURYANI",
        "MINANG_M": "SYAFRUDDIN AFRIZAL YUSRIZAL HENDRI ZULHENDRI ARMAN YONDRI RINALDI "
        "ISMET ERIZAL "
        "SYAFRIL ALIZAR DASRIL MASRIL NASRUL DONI ANDRI RIKI FERI HARDI JONI YULIZAR AMRIL DARMAN",
        "MINANG_F": "YULIARNI ERNIWATI YUSNI NELI DESI RINA ELFITRI GUSNIATI YENI RAHMI "
        "MURNIATI ELIZA "
        "ASNIMAR DARNIS SYOFIANI NURMIATI WIRDA LENI FITRIANI YARNI MISRAWATI ROSNI REFNI",
        "MINANG_M2": "PUTRA CHANDRA EFENDI SAPUTRA FIRDAUS HARIADI ILHAM SYAHRIAL CANIAGO YENDRI "
        "RAHMAN ADRIAN MULIA",
        "MINANG_F2": "YULIA FITRI SARI WATI NOVITA ANGGRAINI SUSANTI MULYANI YANTI OKTAVIA DEWI "
        "HANDAYANI MARLINA",
        "BATAK_M": "TIGOR PARLINDUNGAN MANGATAS POLTAK BINSAR SAUT TOGAR JONATHAN DANIEL "
        "MARTUA RIKARDO "
        "HOTMAN JHON SAHAT LAMBOK RONALD MARULI BONAR DAVID PARULIAN ANDREAS SAMUEL",
        "BATAK_F": "TIUR ROTUA RUSMINI NURSITI LASMARIA DEWI MASTIUR ROMAULI SONDANG MARIA "
        "RISMA LAMTIUR "
        "TIAMSA JULIANA ESTER RUTH NATALIA KRISTINA DUMARIA HOTMAIDA SANTI",
        "MARGA": "SIMANJUNTAK SITORUS SIAHAAN SINAGA NAINGGOLAN SIREGAR HUTAGALUNG "
        "PANJAITAN MANURUNG "
        "LUBIS HARAHAP NASUTION SITUMORANG TAMBUNAN SIHOMBING PASARIBU GULTOM SILALAHI HASIBUAN "
        "PURBA SARAGIH GINTING SEMBIRING TARIGAN MARPAUNG HUTABARAT",
        "BUGIS_M": "ANDI MUHAMMAD BASO AMBO LAMBA ABDUL MAPPA BACO LATANG SYARIFUDDIN "
        "TAJUDDIN HAMKA "
        "SUDIRMAN BESSE MUSTAMIN AMIRUDDIN UMAR KAHAR RUSLAN ASWAR JUMARDI IRWAN".replace(
            "BESSE ", ""
        ),
        "BUGIS_F": "ANDI SITI BESSE BECCE INDO HASNAH ROSMIATI NURLIAH MARWAH HAPSAH "
        "KARTINI SUARNI "
        "ROSDIANA SURIANI HASTUTI MULIATI KASMAWATI ERNIATI FITRIANI IRMAYANTI",
        "MAKASSAR_M": "MUHAMMAD ABDUL SAHARUDDIN SYAMSUDDIN BASRI SIRAJUDDIN RAJAMUDDIN BADOLLAHI "
        "MAPPATUNRU JUFRI HASANUDDIN SAMPARA SAINUDDIN NASRULLAH MASSEWALI BAHARUDDIN KAMARUDDIN "
        "ARIFUDDIN SUPARDI RUDI HERMAN SYAHRIR KAIMUDDIN NURDIN SUPRIADI SYARIPUDDIN TALLI BACO",
        "MAKASSAR_F": "SITI HASNAWATI NURHAYATI SALMA HALIJAH SUNGGU RAMLAH BASSE SARIALANG "
        "HAMSINAH "
        "SUHARTI NURBAYA ROSMINI JUMRIAH SALMIAH BUNGA HADERA RAHMATIA SURYANI KASMAWATI NURSIAH "
        "SAODAH SITTI MARIATI NURAENI HARTATI SAMSIAH",
        "DAENG_M": "NGALLE SIBALI NAI TAYANG RATE MALEWA SITABA LILI NASSA TUTU NAPPA TOMPO SIJAYA "
        "RURUNG BALI MANGUNG GASSING TIRO LALLO MABE NGAWING BELLA",
        "DAENG_F": "TE'NE SUNGGU BAJI KENNA RANNU BAU TONJI LU'MU JIME MAWARA CAYA RATANG "
        "SUGI SAYANG "
        "PUJI KANANG NGINTANG TAYU BOLLO",
        "ARAB_M": _ARAB_M,
        "ARAB_F": _ARAB_F,
        "ABD": _ABD,
        "YOUNG_M": _YOUNG_M,
        "YOUNG_F": _YOUNG_F,
        "YOUNG_M2": _YOUNG_M2,
        "YOUNG_F2": _YOUNG_F2,
    }.items()
}


def _given(
    rng: np.random.Generator, people: str, female: bool, generation: int, size: int
) -> Texts:
    """Draw given names for one people, sex and generation (0 old, 1 middle, 2 young)."""
    sex = "F" if female else "M"
    words = rng.random(size)
    if generation == 2:
        first = _POOLS[f"YOUNG_{sex}"].draw(rng, size)
        second = _POOLS[f"YOUNG_{sex}2"].draw(rng, size)
        third = _POOLS[f"YOUNG_{sex}2"].draw(rng, size)
        faith = texts(["SITI" if female else "MUHAMMAD"])[np.zeros(size, int)]
        muslim = people != "BATAK"
        lead = (rng.random(size) < ((0.12 if female else 0.33) if muslim else 0.0)).nonzero()[0]
        out = joined(first, np.where(words > 0.08, second, NOTHING), sep=" ")
        more = (words > 0.62).nonzero()[0]
        distinct = more[(third[more] != second[more])]
        out[distinct] = joined(out[distinct], third[distinct], sep=" ")
        out[lead] = joined(
            faith[lead], first[lead], np.where(words > 0.5, second, NOTHING)[lead], sep=" "
        )
        return out
    key = f"{people}_{sex}" if people != "JAWA" else f"JAWA_{sex}{generation}"
    first = _POOLS[key].draw(rng, size)
    seconds = {"JAWA": f"JAWA_{sex}2", "SUNDA": f"SUNDA_{sex}2", "MINANG": f"MINANG_{sex}2"}
    second = _POOLS[seconds.get(people, f"ARAB_{sex}")].draw(rng, size)
    one_word = {"JAWA": (0.62, 0.3), "BATAK": (0.3, 0.3)}.get(people, (0.5, 0.3))[generation]
    out = joined(first, np.where(words < one_word, NOTHING, second), sep=" ")
    # Abdul, Muhammad, Siti, Andi and titles never stand alone.
    abdul = (first == "ABDUL").nonzero()[0]
    out[abdul] = joined("ABDUL", _POOLS["ABD"].draw(rng, len(abdul)), sep=" ")
    lead = np.isin(
        first.astype(str), ["MUHAMMAD", "SITI", "SITTI", "ANDI", "RAJA", "TENGKU", "ENCIK", "SRI"]
    ).nonzero()[0]
    out[lead] = joined(first[lead], second[lead], sep=" ")
    return out


def name_people(
    seed: int,
    *,
    sex: np.ndarray,
    born: Ints,
    people: np.ndarray,
    father: Ints,
    mother: Ints,
    twin_of: Ints,
) -> dict[str, Texts]:
    """Name everybody.

    `sex` 1 is female; `people` indexes PEOPLES; `father`, `mother`, `twin_of` are indices
    or -1. Returns `given`, `marga` (None without one), `daeng` (None without one) and the
    full `name` as the register writes it (upper case).
    """
    size = len(sex)
    rng = generator(seed, "names")
    given = np.empty(size, dtype=object)
    year = born / 365.2425 + 1970
    generation = np.where(year < 1968, 0, np.where(year < 1996, 1, 2))
    for index, label in enumerate(PEOPLES):
        for female in (0, 1):
            for age in (0, 1, 2):
                chosen = np.flatnonzero((people == index) & (sex == female) & (generation == age))
                given[chosen] = _given(rng, label, bool(female), age, len(chosen))
    _name_twins(rng, given, sex, twin_of)
    marga = np.empty(size, dtype=object)
    batak = people == PEOPLES.index("BATAK")
    roots = np.flatnonzero(batak)
    marga[roots] = _POOLS["MARGA"].draw(rng, len(roots))
    for _ in range(4):  # as many generations as can live in one file
        heirs = np.flatnonzero(batak & (father >= 0))
        heirs = heirs[batak[father[heirs]]]
        marga[heirs] = marga[father[heirs]]
    daeng = np.empty(size, dtype=object)
    for female, pool in ((0, "DAENG_M"), (1, "DAENG_F")):
        share = np.where(year < 1980, 0.75, np.where(year < 2000, 0.35, 0.0))
        chosen = np.flatnonzero(
            (people == PEOPLES.index("MAKASSAR")) & (sex == female) & (rng.random(size) < share)
        )
        daeng[chosen] = _POOLS[pool].draw(rng, len(chosen))
    return {"given": given, "marga": marga, "daeng": daeng, "name": joined(given, marga, sep=" ")}


def _name_twins(rng: np.random.Generator, given: Texts, sex: np.ndarray, twin_of: Ints) -> None:
    """Give the second twin a name close to the first one's."""
    seconds = np.flatnonzero(twin_of >= 0)
    if not len(seconds):
        return
    import pandas as pd

    firsts = twin_of[seconds]
    first_word = pd.Series(given[firsts], dtype="str").str.split(" ", n=1).str[0]
    own_word = pd.Series(given[seconds], dtype="str").str.split(" ", n=1).str[0]
    rest = pd.Series(given[firsts], dtype="str").str.split(" ", n=1).str[1]
    same_sex = sex[seconds] == sex[firsts]
    # Same last names with another first one, or the first name with its ending changed.
    ending = np.where(sex[seconds] == 1, "NA", "NO")
    kept_rest = np.where(same_sex & rest.notna().to_numpy(), rest.to_numpy(object), NOTHING)
    close = joined(first_word.str[:-2].to_numpy(object), texts(ending.tolist()))
    use_close = same_sex & (rng.random(len(seconds)) < 0.5) & (first_word.str.len() > 4).to_numpy()
    word = np.where(use_close, close, own_word.to_numpy(object))
    taken = joined(word, kept_rest, sep=" ")
    own = np.where(same_sex, taken, given[seconds])
    # Never the very same name.
    clash = own == given[firsts]
    own[clash] = joined(own[clash], texts(["DUA"])[np.zeros(clash.sum(), int)], sep=" ")
    given[seconds] = own


def one_word(names: Texts) -> Bools:
    """Tell which names have a single word."""
    import pandas as pd

    return ~pd.Series(names, dtype="str").str.contains(" ", regex=False).to_numpy(bool)
