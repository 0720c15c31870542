{#
  From senders' words to codes: schooling, health checks, mother and child care, housing, work and
  volunteers. The suites of these programs know the same words (a test compares the two). What no
  list has is `other` where the cell says something, and NULL where it does not.
#}

{# School level of a scholarship: sd, smp, sma (vocational schools too). #}
{% macro decode_school_level(text) -%}
  {{ decode_words(text, [
    ('sd', ['sd', 'mi', 'sdlb', 'sd mi', 'sd sederajat', 'sd mi sederajat', 'paket a']),
    ('smp', ['smp', 'mts', 'smplb', 'smp mts', 'smp sederajat', 'smp mts sederajat', 'paket b']),
    ('sma', ['sma', 'ma', 'smalb', 'sma ma', 'sma sederajat', 'smk', 'mak', 'smk mak', 'sma smk', 'sma ma smk',
      'paket c'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whether somebody works, when asked after a training. #}
{% macro decode_work(text) -%}
  {{ decode_words(text, [
    ('not_working', ['belum bekerja', 'tidak bekerja', 'belum kerja', 'tidak kerja', 'menganggur', 'belum tidak bekerja']),
    ('working', ['bekerja', 'kerja', 'sudah bekerja', 'karyawan', 'pegawai', 'buruh', 'kontrak', 'magang bekerja']),
    ('self_employed', ['wirausaha', 'wiraswasta', 'berwirausaha', 'usaha sendiri', 'usaha mandiri', 'berusaha sendiri']),
    ('studying', ['kuliah', 'sekolah', 'melanjutkan pendidikan', 'melanjutkan sekolah', 'lanjut sekolah'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Field of a vocational course, by the words of its name. #}
{% macro decode_course(text) -%}
  {{ decode_phrases(text, [
    ('language', 'bahasa|inggris|english|jepang|korea|mandarin'),
    ('tailoring', 'menjahit|jahit|tata busana|busana|garmen|garment|konveksi|sulam|bordir'),
    ('welding', 'las|pengelasan|welding|welder'),
    ('automotive', 'otomotif|sepeda motor|mobil|mekanik'),
    ('graphic_design', 'desain grafis|desain|design'),
    ('digital_marketing', 'digital marketing|pemasaran digital|pemasaran|marketing|penjualan|jualan|e commerce'),
    ('computer', 'komputer|computer|tik|teknologi informasi|pemrograman|programming|coding|data|office|excel|jaringan'),
    ('barista', 'barista|kopi'),
    ('cooking', 'tata boga|boga|pastry|bakery|masak|memasak|kuliner|roti|kue'),
    ('refrigeration', 'pendingin|ac|refrigerasi'),
    ('electrical', 'listrik|instalasi listrik|plts|tenaga surya'),
    ('electronics', 'elektronika|elektronik|handphone|ponsel|hp'),
    ('carpentry', 'mebel|meubel|furnitur|kayu'),
    ('construction', 'bangunan|konstruksi|tukang'),
    ('beauty', 'kecantikan|tata rias|rias|salon|barber|barbershop|potong rambut'),
    ('agriculture', 'pertanian|perikanan|peternakan|perkebunan|hidroponik|budidaya'),
    ('administration', 'administrasi|administrative|sekretaris|perkantoran|akuntansi|keuangan|bisnis|manajemen|kewirausahaan|wirausaha'),
    ('hospitality', 'perhotelan|hotel|pariwisata|housekeeping|pramusaji'),
    ('care_work', 'perawat|caregiver|pengasuh|lansia|baby sitter'),
    ('manufacturing', 'manufaktur|mesin|bubut|operator produksi|forklift'),
    ('driving', 'mengemudi|pengemudi|supir|driver')]) }}
{%- endmacro %}

{# How far the holder of a training card has got: the status of an enrolment. #}
{% macro decode_card_status(text) -%}
  {{ decode_words(text, [
    ('active', ['aktif', 'ditetapkan', 'terdaftar', 'lolos', 'proses', 'pelatihan', 'sedang pelatihan',
      'belum selesai', 'berjalan']),
    ('graduated', ['selesai', 'lulus', 'tamat', 'selesai pelatihan']),
    ('left', ['dicabut', 'gugur', 'batal', 'mengundurkan diri', 'nonaktif', 'hangus'])],
    other_if_told(text)) }}
{%- endmacro %}

{# What a roof is made of, and whether it is damaged. #}
{% macro decode_roof(text) -%}
  {{ decode_words(text, [
    ('thatch', ['rumbia', 'ijuk', 'daun', 'daun rumbia', 'jerami', 'ilalang', 'alang alang', 'nipah', 'rumbia rusak',
      'daun rusak']),
    ('zinc', ['seng', 'seng baik', 'galvalum', 'spandek', 'baja ringan', 'seng baja ringan']),
    ('zinc_damaged', ['seng rusak', 'seng bocor', 'seng karatan', 'seng berkarat']),
    ('tile', ['genteng', 'genting', 'genteng baik', 'genteng metal', 'genteng beton', 'genteng tanah liat',
      'genteng keramik']),
    ('tile_damaged', ['genteng rusak', 'genteng bocor', 'genting rusak']),
    ('asbestos', ['asbes', 'asbes baik']),
    ('asbestos_damaged', ['asbes rusak', 'asbes bocor']),
    ('concrete', ['beton', 'cor', 'cor beton', 'dak beton']),
    ('wood', ['kayu', 'sirap', 'papan']),
    ('bamboo', ['bambu'])],
    other_if_told(text)) }}
{%- endmacro %}

{# What a floor is made of, and whether it is damaged. #}
{% macro decode_house_floor(text) -%}
  {{ decode_words(text, [
    ('earth', ['tanah']),
    ('wood', ['kayu', 'papan', 'kayu papan', 'kayu baik']),
    ('wood_damaged', ['kayu lapuk', 'papan lapuk', 'kayu rusak', 'papan rusak']),
    ('bamboo', ['bambu']),
    ('cement', ['semen', 'plester', 'plesteran', 'bata merah', 'semen bata merah', 'cor', 'rabat', 'semen baik']),
    ('cement_damaged', ['semen rusak', 'plester rusak', 'plesteran rusak', 'semen retak']),
    ('ceramic', ['keramik', 'granit', 'marmer', 'ubin', 'tegel', 'teraso', 'ubin tegel teraso', 'parket', 'vinil'])],
    other_if_told(text)) }}
{%- endmacro %}

{# What walls are made of, and whether they are damaged. #}
{% macro decode_house_wall(text) -%}
  {{ decode_words(text, [
    ('bamboo', ['bambu', 'anyaman bambu', 'gedek', 'bilik', 'bambu rusak']),
    ('wood', ['kayu', 'papan', 'kayu papan', 'triplek', 'kalsiboard', 'grc', 'kayu baik']),
    ('wood_damaged', ['kayu lapuk', 'papan lapuk', 'kayu rusak', 'papan rusak', 'triplek rusak']),
    ('zinc', ['seng', 'seng rusak']),
    ('masonry', ['tembok', 'bata', 'batako', 'bata merah', 'tembok plester', 'tembok baik', 'dinding bata', 'plesteran']),
    ('masonry_damaged', ['tembok rusak', 'tembok retak', 'bata rusak', 'batako rusak'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whose toilet a household uses. #}
{% macro decode_sanitation(text) -%}
  {{ decode_words(text, [
    ('none', ['tidak ada', 'tidak punya', 'tidak memiliki', 'belum ada', 'tanpa jamban']),
    ('shared', ['bersama', 'jamban bersama', 'umum', 'mck umum', 'mck', 'komunal', 'mck komunal', 'menumpang',
      'numpang']),
    ('own', ['sendiri', 'milik sendiri', 'jamban sendiri', 'pribadi', 'ada', 'leher angsa', 'septik tank',
      'septic tank'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Where drinking water comes from. #}
{% macro decode_drinking_water(text) -%}
  {{ decode_words(text, [
    ('piped', ['leding', 'ledeng', 'leding meteran', 'pdam', 'pam', 'perpipaan', 'air pdam']),
    ('borehole', ['sumur bor', 'sumur pompa', 'sumur bor pompa', 'sumur bor atau pompa']),
    ('protected_well', ['sumur terlindung', 'sumur gali terlindung']),
    ('unprotected_well', ['sumur tak terlindung', 'sumur tidak terlindung', 'sumur gali tak terlindung',
      'sumur gali tidak terlindung']),
    ('well', ['sumur', 'sumur gali']),
    ('spring', ['mata air', 'mata air terlindung', 'mata air tak terlindung', 'mata air tidak terlindung']),
    ('rain', ['air hujan', 'hujan', 'penampungan air hujan']),
    ('surface', ['sungai', 'air sungai', 'danau', 'kali', 'waduk', 'air permukaan']),
    ('bottled', ['air kemasan', 'kemasan', 'isi ulang', 'air isi ulang', 'galon', 'air galon'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Who pays for the repair of a house. #}
{% macro decode_house_fund(text) -%}
  {{ decode_words(text, [
    ('bsps', ['bsps']),
    ('rst', ['rst', 'rs rutilahu', 'rumah sejahtera terpadu']),
    ('dak', ['dak', 'dana alokasi khusus']),
    ('apbd', ['apbd', 'apbd kab', 'apbd kota', 'apbd kabupaten', 'apbd provinsi', 'apbd prov']),
    ('apbn', ['apbn']),
    ('csr', ['csr']),
    ('baznas', ['baznas', 'zakat']),
    ('village_fund', ['dana desa', 'dd', 'add']),
    ('self_help', ['swadaya', 'swadaya masyarakat']),
    ('donor', ['donor', 'donatur', 'hibah'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whether a house is fit to live in. #}
{% macro decode_house_condition(text) -%}
  {{ decode_words(text, [
    ('fit', ['layak', 'layak huni', 'sudah layak', 'sudah layak huni']),
    ('unfit', ['belum layak', 'tidak layak', 'belum layak huni', 'tidak layak huni'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Kind of a social welfare resource: first kinds of people, then of institutions. #}
{% macro decode_resource_kind(text) -%}
  {{ decode_words(text, [
    ('psm', ['psm', 'pekerja sosial masyarakat']),
    ('tksk', ['tksk', 'tenaga kesejahteraan sosial kecamatan']),
    ('tagana', ['tagana', 'taruna siaga bencana']),
    ('social_worker', ['pekerja sosial', 'peksos', 'pekerja sosial profesional']),
    ('social_counsellor', ['penyuluh sosial', 'pensosmas', 'penyuluh sosial masyarakat']),
    ('facilitator', ['fasilitator', 'fasilitator slrt', 'fasilitator puskesos', 'pendamping', 'pendamping pkh',
      'pendamping sosial', 'relawan']),
    ('wpks', ['wpks', 'wanita pemimpin kesejahteraan sosial']),
    ('pioneer_family', ['keluarga pioner', 'keluarga pionir']),
    ('lks', ['lks', 'lembaga kesejahteraan sosial', 'panti', 'panti sosial', 'panti asuhan', 'lksa']),
    ('karang_taruna', ['karang taruna']),
    ('lk3', ['lk3', 'lembaga konsultasi kesejahteraan keluarga']),
    ('wksbm', ['wksbm', 'wahana kesejahteraan sosial berbasis masyarakat']),
    ('partner', ['mitra', 'mitra kerja', 'mitra usaha', 'dunia usaha', 'perusahaan', 'csr', 'kampus',
      'perguruan tinggi'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whom a volunteer accompanies. #}
{% macro decode_accompaniment(text) -%}
  {{ decode_phrases(text, [
    ('pkh', 'pkh|keluarga harapan'),
    ('sembako', 'sembako|bpnt|pangan'),
    ('elderly', 'lansia|lanjut usia'),
    ('disability', 'disabilitas|difabel|cacat'),
    ('disaster', 'bencana'),
    ('children', 'anak|balita|yatim|remaja'),
    ('women', 'perempuan|ibu'),
    ('poverty', 'fakir miskin|kemiskinan|miskin'),
    ('drugs', 'napza|narkoba'),
    ('youth', 'pemuda|karang taruna'),
    ('health', 'kesehatan|odgj|jiwa|hiv'),
    ('none', 'tidak ada|tidak|belum ada')]) }}
{%- endmacro %}

{# Kind of an institution that sends volunteers. #}
{% macro decode_volunteer_group(text) -%}
  {{ decode_phrases(text, [
    ('student_volunteers', 'univ|universitas|bem|himpunan|hmi|pmii|imm|kammi|mahasiswa|fakultas|kampus|poltekkes|stikes|institut|politeknik|kkn|cimsa'),
    ('karang_taruna', 'karang taruna'),
    ('red_cross', 'pmi|palang merah'),
    ('pkk', 'pkk|dasawisma'),
    ('health_cadres', 'kader|posyandu'),
    ('company', 'pt|cv|csr|perusahaan'),
    ('religious_group', 'masjid|gereja|muhammadiyah|nu|nahdlatul ulama|aisyiyah|fatayat|muslimat')]) }}
{%- endmacro %}

{# Kind of a place of service, by the words of its name. #}
{% macro decode_service_place(text) -%}
  {{ decode_phrases(text, [
    ('mobile_clinic', 'pusling|puskesmas keliling|keliling|mobil vaksin'),
    ('health_post', 'pustu|puskesmas pembantu|poskesdes|polindes|ponkesdes'),
    ('health_centre', 'puskesmas|pkm'),
    ('posyandu', 'posyandu'),
    ('hospital', 'rs|rsud|rsia|rsu|rumah sakit'),
    ('midwife', 'bidan|pmb|bpm'),
    ('clinic', 'klinik|dokter'),
    ('school', 'sekolah|paud|tk|sd|bias'),
    ('home', 'rumah|kunjungan rumah')]) }}
{%- endmacro %}

{# A vaccine and its dose, by the national schedule. #}
{% macro decode_vaccine(text) -%}
  {{ decode_words(text, [
    ('hb0', ['hb0', 'hb 0', 'hbo', 'hepatitis b 0', 'hb0 0 7 hari', 'hb 0 7 hari']),
    ('bcg', ['bcg']),
    ('opv_1', ['polio 1', 'opv 1', 'opv1', 'polio1']),
    ('opv_2', ['polio 2', 'opv 2', 'opv2', 'polio2']),
    ('opv_3', ['polio 3', 'opv 3', 'opv3', 'polio3']),
    ('opv_4', ['polio 4', 'opv 4', 'opv4', 'polio4']),
    ('ipv_1', ['ipv', 'ipv 1', 'ipv1']),
    ('ipv_2', ['ipv 2', 'ipv2']),
    ('dpt_hb_hib_1', ['dpt hb hib 1', 'dpt hb hib1', 'pentavalen 1', 'penta 1', 'dpt 1', 'dpt1']),
    ('dpt_hb_hib_2', ['dpt hb hib 2', 'dpt hb hib2', 'pentavalen 2', 'penta 2', 'dpt 2', 'dpt2']),
    ('dpt_hb_hib_3', ['dpt hb hib 3', 'dpt hb hib3', 'pentavalen 3', 'penta 3', 'dpt 3', 'dpt3']),
    ('dpt_hb_hib_booster', ['dpt hb hib lanjutan', 'dpt hb hib 4', 'dpt hb hib booster', 'pentavalen lanjutan', 'pentavalen 4',
      'booster dpt hb hib']),
    ('mr_1', ['campak rubella', 'campak rubela', 'campak', 'mr', 'mr 1', 'mr1', 'campak rubella 1',
      'campak rubella mr']),
    ('mr_booster', ['campak rubella lanjutan', 'campak rubella 2', 'mr lanjutan', 'mr 2', 'mr2', 'mr booster',
      'campak lanjutan']),
    ('pcv_1', ['pcv 1', 'pcv1']),
    ('pcv_2', ['pcv 2', 'pcv2']),
    ('pcv_3', ['pcv 3', 'pcv3']),
    ('rotavirus_1', ['rotavirus 1', 'rv 1', 'rv1', 'rota 1']),
    ('rotavirus_2', ['rotavirus 2', 'rv 2', 'rv2', 'rota 2']),
    ('rotavirus_3', ['rotavirus 3', 'rv 3', 'rv3', 'rota 3']),
    ('je', ['je', 'japanese encephalitis']),
    ('varicella', ['varicella', 'cacar air']),
    ('influenza', ['influenza', 'flu'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Who attended a delivery; a village midwife without training is a traditional attendant. #}
{% macro decode_birth_attendant(text) -%}
  {{ decode_phrases(text, [
    ('traditional_attendant', 'dukun|paraji|sando|sanro|bidan kampung'),
    ('doctor', 'dokter|spog|obgyn|dr'),
    ('midwife', 'bidan'),
    ('nurse', 'perawat'),
    ('family', 'keluarga|suami|sendiri|tetangga')]) }}
{%- endmacro %}

{# How a mother is after her delivery. #}
{% macro decode_mother_condition(text) -%}
  {{ decode_words(text, [
    ('healthy', ['sehat', 'baik', 'hidup', 'hidup sehat']),
    ('ill', ['sakit', 'komplikasi', 'perdarahan', 'pendarahan', 'kritis', 'dirujuk', 'infeksi', 'preeklampsia',
      'eklampsia']),
    ('died', ['meninggal', 'meninggal dunia', 'mati', 'wafat'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Result of a mental health screening. #}
{% macro decode_mental_screening(text) -%}
  {{ decode_words(text, [
    ('normal', ['normal', 'sehat', 'baik', 'tidak ada', 'tidak ada gangguan', 'negatif', 'aman']),
    ('follow_up_needed', ['perlu tindak lanjut', 'tindak lanjut', 'perlu rujukan', 'rujuk', 'berisiko', 'beresiko', 'risiko',
      'gangguan', 'terindikasi', 'terindikasi gangguan', 'positif', 'depresi', 'cemas', 'ansietas'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Kind of care that somebody is sent to; none where the cell says so. #}
{% macro decode_referred_care(text) -%}
  {{ decode_phrases(text, [
    ('none', 'tidak|tidak dirujuk|tidak perlu|nihil'),
    ('mental_health_care', 'rsj|rumah sakit jiwa|jiwa|psikolog|psikiater'),
    ('hospital_care', 'rs|rsud|rsu|rumah sakit'),
    ('primary_care', 'puskesmas|pkm|pustu|klinik|dokter|faskes|fktp|bidan')]) }}
{%- endmacro %}

{#
  Upper (1) or lower (2) figure of a blood pressure: '130/85', '130 / 85 mmHg', '130-85'. DOUBLE;
  NULL where the cell is not two figures.
#}
{% macro parse_pressure(text, figure) -%}
  {{ cast_or_null("nullif(" ~ part("lower(" ~ one_spaced(text) ~ ")", "^([0-9]{2,3}) ?[/-] ?([0-9]{2,3}) ?(?:mm ?hg)?$", figure) ~ ", '')", 'double') }}
{%- endmacro %}

{# Blood sugar in mg/dL, with or without its unit written. #}
{% macro parse_sugar(text) -%}
  {{ parse_number(replace_every("lower(" ~ one_spaced(text) ~ ")", " ?mg ?(?:/|per)? ?dl$", "")) }}
{%- endmacro %}

{# Per cent; a spreadsheet's fraction between 0 and 1 (0.6) is read as per cent (60). #}
{% macro parse_percent(text) -%}
  {{ let('_percent', parse_number(text), "case when _percent > 0 and _percent < 1 and " ~ text ~ " not like '%!%%' escape '!' then 100 * _percent else _percent end") }}
{%- endmacro %}

{# The sixteen digits of a whole NIK or family card; NULL for a damaged one, which may be many people's. #}
{% macro house_number(text) -%}
  {{ let('_digits', replace_every(part(one_spaced(text), "^''?([0-9][0-9 .-]*?)(?:[.]0+)?$"), "[^0-9]", ""),
    "case when length(_digits) = 16 and not " ~ matches("_digits", "0*|.*0000") ~ " then _digits end") }}
{%- endmacro %}

{# Number of a wave: '51', 'Gelombang 51'; NULL for anything else. #}
{% macro parse_wave(text) -%}
  {{ cast_or_null("nullif(" ~ part(plain_words(text), "^(?:gelombang |gel |batch )?0*([1-9][0-9]{0,2})(?: 0)?$") ~ ", '')", 'integer') }}
{%- endmacro %}
