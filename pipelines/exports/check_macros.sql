-- What the values in an export mean, for the rules of the suites. This file is the definition:
-- the macros of the staging models read dates, amounts and numbers the same way (a test compares
-- them). Every macro takes text as sent and yields NULL for what it cannot read; none raises.
--
-- Rules call these instead of writing patterns, because in a suite a brace and a colon have a
-- meaning of their own.

-- Text ---------------------------------------------------------------------------------------

-- Text without the spaces around it, with one space between words, and NULL where the sender
-- wrote a sign for "nothing": blank, '-', '--', '...', 'null', 'nan', 'n/a', 'none'.
create or replace macro clean_text(v) as (
    case
        -- The commonest case first: one plain word, which is no sign for nothing.
        when regexp_full_match(v, '[A-MO-Za-mo-z0-9][A-Za-z0-9]*') then v
        else nullif(
            regexp_replace(
                trim(regexp_replace(v, '[\s\x{00A0}\x{200B}\x{FEFF}]+', ' ', 'g')),
                '^(?i:[-.–—_ ]*|null|nan|n/a|none|#n/a)$', ''
            ),
            ''
        )
    end
);

-- Whether nothing is written. What begins with a digit, a letter other than N or five letters is
-- something. (A CASE, because the parts of a negated OR are worked out for every row.)
create or replace macro is_blank(v) as (
    case
        when v is null then true
        when regexp_matches(v, '^(?:[A-MO-Za-mo-z0-9]|[Nn][A-Za-z]{4})') then false
        else clean_text(v) is null
    end
);

-- Upper case letters and digits, one space between words: to compare a value with a code list.
-- (Named by what is dropped: a class of all letters takes longer to compile than to run.)
create or replace macro code_text(v) as (
    case
        -- The commonest case first: words with nothing to put right.
        when regexp_full_match(v, '[A-Za-z0-9]+(?: [A-Za-z0-9]+)*') and lower(v) not in ('null', 'nan', 'none') then upper(v)
        else nullif(trim(regexp_replace(upper(clean_text(v)), '[\x00-\x2F\x3A-\x40\x5B-\x60\x7B-\xBF]+', ' ', 'g')), '')
    end
);

-- Digits only, without what Excel and people put around them: ', spaces, dots, dashes, a final
-- '.0'. NULL when anything else stands in the text.
create or replace macro digits_text(v) as (
    case
        when regexp_full_match(v, '[0-9]+') then v
        when regexp_full_match(v, '[''`’ .\-]*[0-9][0-9''`’ .\-]*') then
            regexp_replace(regexp_replace(trim(v), '\.0+$', ''), '[^0-9]', '', 'g')
        else nullif(regexp_replace(regexp_replace(regexp_extract(clean_text(v), '^[''`’ .\-]*[0-9][0-9''`’ .\-]*$'), '\.0+$', ''), '[^0-9]', '', 'g'), '')
    end
);

-- Dates --------------------------------------------------------------------------------------

-- Number of an Indonesian or English month name or its first letters, else NULL.
create or replace macro month_number(name) as (
    case left(upper(trim(name)), 3)
        when 'JAN' then 1 when 'FEB' then 2 when 'PEB' then 2 when 'MAR' then 3 when 'APR' then 4
        when 'MEI' then 5 when 'MAY' then 5 when 'JUN' then 6 when 'JUL' then 7
        when 'AGU' then 8 when 'AGS' then 8 when 'AGT' then 8 when 'AUG' then 8
        when 'SEP' then 9 when 'OKT' then 10 when 'OCT' then 10
        when 'NOV' then 11 when 'NOP' then 11 when 'DES' then 12 when 'DEC' then 12
    end
);

-- Day, month and year as written: STRUCT(d, m, y) of text, empty where not told.
--   31/12/1990  31-12-90  31.12.1990  31 Desember 1990  31-Des-90  1990-12-31  19901231
--   BANTAENG, 31-12-1990 (a place before the date)   1990-12-31 00:00:00 (a time after it)
--   00/00/1990, 1990 (only the year)                 12/1990, 1990-12, Desember 1990 (no day)
create or replace macro date_parts(v) as (
    case
        when regexp_matches(v, '^[^0-9]*[0-9]{1,2} ?[-/. ] ?[0-9]{1,2} ?[-/. ] ?(?:[0-9]{4}|[0-9]{2})(?:[T ].*)?$') then
            regexp_extract(v, '^[^0-9]*([0-9]{1,2}) ?[-/. ] ?([0-9]{1,2}) ?[-/. ] ?([0-9]{4}|[0-9]{2})', ['d', 'm', 'y'])
        when regexp_matches(v, '^[^0-9]*[0-9]{4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,2}(?:[T ].*)?$') then
            regexp_extract(v, '([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})', ['y', 'm', 'd'])
        when regexp_matches(v, '^[^0-9]*[0-9]{1,2}[-/. ]*[A-Za-z]{3,}[-/., ]*(?:[0-9]{4}|[0-9]{2})(?:[T ].*)?$') then
            regexp_extract(v, '([0-9]{1,2})[-/. ]*([A-Za-z]{3,})[-/., ]*([0-9]{4}|[0-9]{2})', ['d', 'm', 'y'])
        when regexp_matches(v, '^[^0-9]*(?:19|20)[0-9]{6}\s*$') then
            regexp_extract(v, '([0-9]{4})([0-9]{2})([0-9]{2})', ['y', 'm', 'd'])
        when regexp_matches(v, '^[^0-9]*(?:18|19|20)[0-9]{2}(?:\.0+)?\s*$')
            and not regexp_matches(v, '[A-Za-z]{3,}[-/., ]+[0-9]{4}\s*$') then
            regexp_extract(v, '()()([0-9]{4})', ['d', 'm', 'y'])
        when regexp_matches(v, '^[^0-9]*[0-9]{1,2}[-/. ][0-9]{4}\s*$') then
            regexp_extract(v, '()([0-9]{1,2})[-/. ]([0-9]{4})', ['d', 'm', 'y'])
        when regexp_matches(v, '^[^0-9]*[0-9]{4}[-/. ][0-9]{1,2}\s*$') then
            regexp_extract(v, '()([0-9]{4})[-/. ]([0-9]{1,2})', ['d', 'y', 'm'])
        when regexp_matches(v, '^[^0-9]*[A-Za-z]{3,}[-/., ]+[0-9]{4}\s*$') then
            regexp_extract(v, '()([A-Za-z]{3,})[-/., ]+([0-9]{4})\s*$', ['d', 'm', 'y'])
    end
);

-- The commonest ways of writing a whole day, read without patterns (a file is mostly in one of
-- them); a number of five digits is Excel's count of days since 1899-12-30.
create or replace macro _plain_date(v) as (
    case
        when regexp_full_match(v, '[0-9]{2}[-/][0-9]{2}[-/][0-9]{4}') then
            try_strptime(replace(v, '/', '-'), '%d-%m-%Y')::date
        when regexp_full_match(v, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast(v as date)
        when regexp_full_match(v, '[1-6][0-9]{4}(?:[.,][0-9]+)?') then
            date '1899-12-30' + try_cast(left(v, 5) as integer)
    end
);

-- Patterns stay out of lambdas: DuckDB compiles them anew for each vector there.
create or replace macro _partial_date_any(v, latest) as (
    list_transform(
        list_transform(
            list_transform(
                [date_parts(trim(v))],
                lambda p: struct_pack(
                    d := coalesce(try_cast(p.d as integer), 0),
                    m := case when p.m = '' then 0 else coalesce(try_cast(p.m as integer), month_number(p.m), 99) end,
                    y := try_cast(p.y as integer),
                    is_short := length(p.y) = 2
                )
            ),
            -- month first (12/31/1990) only where day first is impossible
            lambda p: case
                when p.m between 13 and 31 and p.d between 1 and 12 then
                    struct_pack(d := p.m, m := p.d, y := p.y, is_short := p.is_short)
                else p
            end
        ),
        lambda p: list_transform(
            [case
                when not p.is_short then p.y
                when p.y * 10000 + p.m * 100 + p.d
                    <= (year(latest) % 100) * 10000 + month(latest) * 100 + day(latest) then year(latest) - year(latest) % 100 + p.y
                else year(latest) - year(latest) % 100 - 100 + p.y
            end],
            lambda y: case
                when y is null or y not between 1900 and 2100 then null
                when p.m = 99 then null
                when p.m between 1 and 12 and p.d = 0 then
                    struct_pack(on_date := make_date(y, p.m, 1), precise_to := 'month')
                when p.m between 1 and 12 and p.d between 1 and day(last_day(make_date(y, p.m, 1))) then
                    struct_pack(on_date := make_date(y, p.m, p.d), precise_to := 'day')
                else struct_pack(on_date := make_date(y, 1, 1), precise_to := 'year')
            end
        )[1]
    )[1]
);

-- A date and how exactly it was told: STRUCT(on_date DATE, precise_to 'day'|'month'|'year').
-- Day first where both readings are possible. A two-digit year is the last one not after `latest`.
-- Without a day or month the date is the first day of what was told; of a day that cannot be
-- (31/02/1990) only the year stands. NULL when unreadable.
create or replace macro partial_date(v, latest := date '2099-12-31') as (
    case
        when year(_plain_date(v)) between 1900 and 2100 then
            struct_pack(on_date := _plain_date(v), precise_to := 'day')
        when not is_blank(v) then _partial_date_any(v, latest)
    end
);

-- The date where a whole day was told, else NULL.
create or replace macro parse_date_text(v, latest := date '2099-12-31') as (
    case
        when year(_plain_date(v)) between 1900 and 2100 then _plain_date(v)
        when not is_blank(v) then
            list_transform(
                [_partial_date_any(v, latest)],
                lambda p: case when p.precise_to = 'day' then p.on_date end
            )[1]
    end
);

-- 'day', 'month', 'year', or NULL when nothing can be read.
create or replace macro date_precision_text(v, latest := date '2099-12-31') as (partial_date(v, latest).precise_to);

-- Numbers ------------------------------------------------------------------------------------

-- Rupiah: 'Rp 1.200.000,00', '1,200,000', '1200000', '225.000' are whole thousands; a comma or
-- dot before one or two final digits is a decimal sign. DECIMAL(18,2).
create or replace macro _amount_core(v) as (
    regexp_replace(upper(v), '^[\s'']*(?:RP|IDR)?[.\s]*|,-+\s*$|[\s'']', '', 'g')
);

create or replace macro parse_amount_text(v) as (
    case
        when regexp_full_match(v, '[0-9]{1,15}') then try_cast(v as decimal(18, 2))
        when regexp_full_match(_amount_core(v), '[+-]?[1-9][0-9]{0,2}(?:[.,][0-9]{3})+(?:[.,][0-9]{1,2})?') then
            try_cast(
                regexp_replace(regexp_replace(_amount_core(v), '[.,][0-9]{1,2}$', ''), '[.,]', '', 'g')
                || '.' || regexp_extract(_amount_core(v) || ',0', '[.,]([0-9]{1,2})(?:,0)?$', 1)
                as decimal(18, 2)
            )
        when regexp_full_match(_amount_core(v), '[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)') then
            try_cast(replace(_amount_core(v), ',', '.') as decimal(18, 2))
        when regexp_full_match(_amount_core(v), '[+-]?[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}') then
            try_cast(try_cast(replace(_amount_core(v), ',', '.') as double) as decimal(18, 2))
    end
);

-- A measured number: one comma, dot or colon is the decimal sign ('12,5', '-2:31', '9.8');
-- two kinds of sign are thousands and decimals; a unit after the number is let go. DOUBLE.
create or replace macro _number_core(v) as (
    regexp_replace(upper(v), '[\s'']|(?:KG|GRAM|GR|G|CM|MM|M|%|KM|JAM|X)\.?\s*$', '', 'g')
);

create or replace macro parse_number_text(v) as (
    case
        when regexp_full_match(v, '-?[0-9]{1,15}(?:\.[0-9]{1,15})?') then try_cast(v as double)
        when regexp_full_match(_number_core(v), '[+-]?(?:[0-9]+[.,:]?[0-9]*|[.,:][0-9]+)') then
            try_cast(replace(replace(_number_core(v), ',', '.'), ':', '.') as double)
        when regexp_full_match(_number_core(v), '[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?') then
            try_cast(replace(replace(_number_core(v), '.', ''), ',', '.') as double)
        when regexp_full_match(_number_core(v), '[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?') then
            try_cast(replace(_number_core(v), ',', '') as double)
        when regexp_full_match(_number_core(v), '[+-]?[0-9](?:[.,][0-9]+)?E[+-]?[0-9]{1,2}') then
            try_cast(replace(_number_core(v), ',', '.') as double)
    end
);

-- Sex: 'male', 'female' or NULL.
create or replace macro parse_sex_text(v) as (
    map_extract_value(map {
        'L': 'male', 'LK': 'male', 'LK2': 'male', 'LAKI': 'male', 'LAKI2': 'male',
        'LAKI 2': 'male', 'LAKI LAKI': 'male', 'LAKILAKI': 'male', 'PRIA': 'male', 'M': 'male',
        'MALE': 'male', '1': 'male', '1 0': 'male', '01': 'male', 'P': 'female', 'PR': 'female',
        'PRP': 'female', 'PEREMPUAN': 'female', 'PERMPUAN': 'female', 'WANITA': 'female',
        'W': 'female', 'F': 'female', 'FEMALE': 'female', '2': 'female', '2 0': 'female',
        '02': 'female'
    }, code_text(v))
);

-- Month of the year, 1 to 12, from a number or a name.
create or replace macro parse_month_text(v) as (
    case
        when try_cast(regexp_replace(code_text(v), ' 0$', '') as integer) between 1 and 12
        then try_cast(regexp_replace(code_text(v), ' 0$', '') as integer)
        when regexp_full_match(code_text(v), '[A-Z]{3,10}') then month_number(code_text(v))
    end
);

-- Yes and no: TRUE, FALSE, or NULL for anything else.
create or replace macro parse_flag_text(v) as (
    map_extract_value(map {
        'YA': true, 'Y': true, 'IYA': true, 'YES': true, 'TRUE': true, 'BENAR': true, '1': true,
        '1 0': true, 'TIDAK': false, 'TDK': false, 'TAK': false, 'BUKAN': false, 'NO': false,
        'N': false, 'FALSE': false, 'SALAH': false, '0': false, '0 0': false
    }, code_text(v))
);

-- Identity numbers ---------------------------------------------------------------------------

-- What state a number of sixteen digits (NIK, No KK) is in. A damaged number is evidence, not an
-- error of the person: 'blank', 'zero' (0, 000…), 'masked' (*** or xxx), 'exponent' (3.17E+15:
-- the last digits are lost), 'not_a_number', 'short', 'long', 'zero_end' (fifteen digits kept:
-- …0001 became …0000), 'whole'.
create or replace macro number_class(v) as (
    case
        when v is null then 'blank'
        -- The commonest cases first: digits and nothing else.
        when regexp_full_match(v, '[0-9]+') then
            case
                when length(v) = 16 and right(v, 4) <> '0000' then 'whole'
                when ltrim(v, '0') = '' then 'zero'
                when length(v) < 16 then 'short'
                when length(v) > 16 then 'long'
                else 'zero_end'
            end
        when is_blank(v) then 'blank'
        when regexp_matches(v, '\*|[0-9][Xx]+|[Xx]{3,}') then 'masked'
        when regexp_matches(v, '^\s*''?[0-9][.,]?[0-9]*[Ee]\+?[0-9]+\s*$') then 'exponent'
        else list_transform(
            [digits_text(v)],
            lambda d: case
                when d is null then 'not_a_number'
                when ltrim(d, '0') = '' then 'zero'
                when length(d) < 16 then 'short'
                when length(d) > 16 then 'long'
                when right(d, 4) = '0000' then 'zero_end'
                else 'whole'
            end
        )[1]
    end
);

-- Sixteen digits whose birth date exists (a woman's day is 40 more). 2000 was a leap year: a
-- 29 February is possible in some century.
create or replace macro _is_dated_nik(v) as (
    regexp_full_match(
        v, '[0-9]{6}(?:(?:0[1-9]|[12][0-9]|4[1-9]|[56][0-9])(?:0[1-9]|1[0-2])|[37]0(?:0[13-9]|1[0-2])|[37]1(?:0[13578]|1[02]))[0-9]{6}'
    )
);

-- As number_class, and for a whole NIK also 'no_date': its birth date does not exist.
create or replace macro nik_class(v) as (
    case
        when _is_dated_nik(v) and right(v, 4) <> '0000' then 'whole'
        when length(digits_text(v)) = 16 and right(digits_text(v), 4) <> '0000' then
            case when _is_dated_nik(digits_text(v)) then 'whole' else 'no_date' end
        else number_class(v)
    end
);

-- Areas --------------------------------------------------------------------------------------
-- `reference_areas` (code, level, parent_code, name, ...) and `reference_area_names`
-- (regency_code, level, name_key, full_key) are tables of the check connection, over every edition.

-- An area name to compare: upper case, without 'Kecamatan', 'Kel.', 'Desa', 'Kabupaten' and spaces.
create or replace macro area_name_key(v) as (
    nullif(
        replace(
            regexp_replace(
                code_text(v),
                '^(?:KECAMATAN|KEC|KELURAHAN|KEL|DESA|DS|DISTRIK|NAGARI|KABUPATEN|KAB|KOTA ADMINISTRASI|KOTA ADM|KOTA) ', ''
            ),
            ' ', ''
        ),
        ''
    )
);

-- A code with or without dots, as the Kemendagri register writes it ('7303012001' -> '73.03.01.2001').
create or replace macro dotted_area_code(v) as (
    list_transform(
        [digits_text(v)],
        lambda d: case length(d)
            when 2 then d
            when 4 then d[1:2] || '.' || d[3:4]
            when 6 then d[1:2] || '.' || d[3:4] || '.' || d[5:6]
            when 10 then d[1:2] || '.' || d[3:4] || '.' || d[5:6] || '.' || d[7:10]
        end
    )[1]
);

-- Whether a code is, in some edition, an area of the Kemendagri register. (By its digits: codes of
-- two, four, six and ten of them are told apart by their length, with dots and without.)
create or replace macro area_code_known(v) as (
    coalesce(digits_text(v) in (select digits from memory.main.reference_areas), false)
);

-- Whether a name is, in some edition, a district ('kecamatan') or village ('desa_kelurahan') of
-- the regency or city that the sender's area code lies in.
create or replace macro area_name_known(v, kind, sender_area_code) as (
    coalesce(
        left(sender_area_code, 5) || ' ' || kind || ' ' || area_name_key(v)
        in (select full_key from memory.main.reference_area_names),
        false
    )
);

-- Whether a name is a province in some edition, also with the usual short forms (DI Yogyakarta).
create or replace macro province_known(v) as (
    coalesce(
        area_name_key(
            regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                code_text(v), '^(?:PROVINSI|PROPINSI|PROV) ', ''),
                '^DKI ', 'DAERAH KHUSUS IBUKOTA '),
                '^D ?I ', 'DAERAH ISTIMEWA '),
                '^KEP ', 'KEPULAUAN ')
        )
        in (select name_key from memory.main.reference_area_names where level = 'provinsi'),
        false
    )
);

-- What a NIK says of its holder. `digits` is digits_text(nik), and the caller has seen that
-- nik_class is 'whole'; anything else yields NULL.
create or replace macro nik_sex(digits) as (
    case
        when length(digits) <> 16 then null
        when try_cast(digits[7:8] as integer) > 40 then 'female'
        when try_cast(digits[7:8] as integer) <= 31 then 'male'
    end
);

-- Birth day in a NIK, in the last century that is not after `latest`; NULL where there is none.
-- (Told by numbers, since texts that are read as dates take several times as long; and each step is
-- handed all it needs, since what a lambda takes from outside costs as much again.)
create or replace macro nik_birth_on(digits, latest) as (
    list_transform(
        list_transform(
            list_transform(
                [struct_pack(
                    n := case when length(digits) = 16 then try_cast(digits as bigint) end,
                    latest := year(latest) * 10000 + month(latest) * 100 + day(latest)
                )],
                lambda x: struct_pack(
                    d := x.n // 100000000 % 100 % 40, m := x.n // 1000000 % 100, y := x.n // 10000 % 100, latest := x.latest
                )
            ),
            lambda x: struct_pack(
                d := x.d,
                first_on := case
                    when x.m between 1 and 12 and x.d between 1 and 31 then
                        make_date(
                            x.y + case when (2000 + x.y) * 10000 + x.m * 100 + x.d <= x.latest then 2000 else 1900 end, x.m, 1
                        )
                end
            )
        ),
        lambda x: case when x.d <= day(last_day(x.first_on)) then x.first_on + (x.d - 1)::integer end
    )[1]
);

-- Whether a number of sixteen digits is damaged: written, but not whole.
create or replace macro is_damaged(class) as (
    class in ('masked', 'exponent', 'not_a_number', 'short', 'long', 'zero_end')
);

-- Words of programs -------------------------------------------------------------------------

-- Payment status: 'paid', 'ordered', 'failed', or NULL for a blank or a word that is not known.
create or replace macro payment_status(v) as (
    map_extract_value(map {
        'SUDAH TRANSAKSI': 'paid', 'SUDAH SALUR': 'paid', 'TERSALUR': 'paid',
        'SUDAH CAIR': 'paid', 'CAIR': 'paid', 'SUKSES': 'paid', 'BERHASIL': 'paid',
        'PAID': 'paid', 'SI': 'ordered', 'SP2D': 'ordered', 'BELUM TRANSAKSI': 'ordered',
        'BELUM SALUR': 'ordered', 'BELUM CAIR': 'ordered', 'PROSES': 'ordered',
        'ORDERED': 'ordered', 'GAGAL': 'failed', 'GAGAL TRANSAKSI': 'failed',
        'GAGAL SALUR': 'failed', 'GAGAL BAYAR': 'failed', 'RETUR': 'failed', 'DITOLAK': 'failed',
        'FAILED': 'failed'
    }, code_text(v))
);

-- Component of a PKH family, or NULL.
create or replace macro pkh_component(v) as (
    map_extract_value(map {
        'BUMIL': 'bumil', 'IBU HAMIL': 'bumil', 'HAMIL': 'bumil', 'HAMIL NIFAS': 'bumil',
        'IBU HAMIL NIFAS': 'bumil', 'BUMIL NIFAS': 'bumil', 'AUD': 'aud',
        'ANAK USIA DINI': 'aud', 'USIA DINI': 'aud', 'BALITA': 'aud',
        'ANAK USIA DINI 0 6': 'aud', 'SD': 'sd', 'ANAK SD': 'sd', 'SD SEDERAJAT': 'sd',
        'SD MI': 'sd', 'SMP': 'smp', 'ANAK SMP': 'smp', 'SMP SEDERAJAT': 'smp', 'SMP MTS': 'smp',
        'SMA': 'sma', 'ANAK SMA': 'sma', 'SMA SEDERAJAT': 'sma', 'SMA MA': 'sma', 'SMK': 'sma',
        'SMA SMK': 'sma', 'LANSIA': 'lansia', 'LANJUT USIA': 'lansia', 'LANSIA 60': 'lansia',
        'DISABILITAS BERAT': 'disabilitas_berat', 'DISABILITAS': 'disabilitas_berat',
        'PENYANDANG DISABILITAS BERAT': 'disabilitas_berat', 'DIS BERAT': 'disabilitas_berat'
    }, code_text(v))
);
