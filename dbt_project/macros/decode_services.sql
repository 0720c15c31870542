{#
  From senders' words to codes where spelling is free: services, voice, money and protection. A cell
  is read word by word, and the first list that has one of its words or phrases gives the code; what
  no list has is `other` where the cell says something, and NULL where it does not.
#}

{# The first of `pairs` (code, words and phrases separated by |) found in the text as whole words. #}
{% macro decode_phrases(text, pairs) -%}
  {%- set body -%}
    case {% for code, words in pairs %}when {{ matches('_words', '(?:.* )?(?:' ~ words ~ ')(?: .*)?') }} then '{{ code }}' {% endfor %}else {{ other_if_told(text) }} end
  {%- endset -%}
  {{ let('_words', plain_words(text), body) }}
{%- endmacro %}

{# What a complaint is about. #}
{% macro decode_complaint_category(text) -%}
  {{ decode_phrases(text, [
    ('social_assistance', 'bantuan sosial|bansos|bantuan|pkh|sembako|bpnt|blt|dtsen|dtks|kesejahteraan sosial|perlindungan sosial|sosial'),
    ('health', 'kesehatan|puskesmas|rumah sakit|bpjs|jkn|posyandu'),
    ('education', 'pendidikan|sekolah|beasiswa|kip|pip'),
    ('civil_registration', 'kependudukan|adminduk|administrasi kependudukan|ktp|kk|kartu keluarga|catatan sipil|dukcapil'),
    ('housing', 'perumahan|permukiman|pemukiman|rtlh|rumah'),
    ('infrastructure', 'infrastruktur|jalan|jembatan|drainase|pekerjaan umum|pupr|fasilitas umum'),
    ('employment', 'ketenagakerjaan|tenaga kerja|pelatihan kerja|pekerjaan'),
    ('protection', 'perempuan|anak|kekerasan|kdrt'),
    ('environment', 'lingkungan|lingkungan hidup|sampah|kebersihan|banjir|bencana'),
    ('public_order', 'ketertiban|ketentraman|ketenteraman|keamanan'),
    ('utilities', 'air bersih|air|pdam|listrik|energi|penerangan'),
    ('transport', 'perhubungan|transportasi|lalu lintas|parkir'),
    ('corruption', 'korupsi|pungutan liar|pungli|gratifikasi'),
    ('public_service', 'pelayanan publik|layanan publik|pelayanan|layanan'),
    ('miscellaneous', 'lainnya|lain lain|lain|umum')]) }}
{%- endmacro %}

{# An agency or service point, by its usual names and abbreviations. #}
{% macro decode_agency(text) -%}
  {{ decode_phrases(text, [
    ('dinas_kesehatan', 'dinas kesehatan|dinkes'),
    ('dinas_pupr', 'pupr|pu|pekerjaan umum|bina marga|sumber daya air'),
    ('dinas_pendidikan', 'dinas pendidikan|disdik|dikbud|diknas|dinas pendidikan dan kebudayaan'),
    ('dinas_tenaga_kerja', 'tenaga kerja|disnaker|disnakertrans|ketenagakerjaan'),
    ('dinas_perumahan', 'perumahan|perkim|disperkim|perkimtan|dprkp'),
    ('dinas_dukcapil', 'dukcapil|disdukcapil|kependudukan|catatan sipil'),
    ('dinas_ppa', 'perempuan|pemberdayaan perempuan|dp3a|dp3ap2kb|dpppa|pppa|uptd ppa|ppa'),
    ('dinas_pmd', 'dpmd|pemberdayaan masyarakat|pmd'),
    ('dinas_lingkungan_hidup', 'lingkungan hidup|dlh|kebersihan'),
    ('dinas_perhubungan', 'perhubungan|dishub'),
    ('dinas_sosial', 'dinas sosial|dinsos|suku dinas sosial|sudinsos|sosial|dinsospm'),
    ('bpbd', 'bpbd|penanggulangan bencana'),
    ('satpol_pp', 'satpol|satpol pp|polisi pamong praja'),
    ('bappeda', 'bappeda|bappelitbangda|bapperida|bappedalitbang'),
    ('bpjs_kesehatan', 'bpjs|bpjs kesehatan'),
    ('baznas', 'baznas'),
    ('puskesmas', 'puskesmas|pustu'),
    ('rumah_sakit', 'rsud|rs|rumah sakit'),
    ('sentra', 'sentra|sentra terpadu|balai rehabilitasi'),
    ('blk', 'blk|balai latihan kerja|bbplk|bpvp'),
    ('sekolah', 'sekolah|sd|sdn|smp|smpn|sma|sman|smk|smkn'),
    ('kantor_kecamatan', 'kecamatan|camat|kantor camat'),
    ('kantor_desa', 'kelurahan|lurah|desa|kantor desa|kepala desa'),
    ('kepolisian', 'polisi|polres|polsek|polda|kepolisian|unit ppa'),
    ('kementerian', 'kementerian|kemensos|kemenkes|kemendikbud'),
    ('sekretariat_daerah', 'sekretariat daerah|setda|inspektorat'),
    ('kantor_pos', 'pos|kantor pos|pt pos'),
    ('bank', 'bank|bri|bni|mandiri|himbara|btn|bsi'),
    ('pln', 'pln'),
    ('pdam', 'pdam|perumda air minum')]) }}
{%- endmacro %}

{# How far a complaint has got. #}
{% macro decode_grievance_status(text) -%}
  {{ decode_phrases(text, [
    ('new', 'baru|masuk|diterima|terverifikasi|belum'),
    ('in_progress', 'proses|diproses|dalam proses|dirujuk|didisposisi|disposisi|tindak lanjut|ditindaklanjuti'),
    ('resolved', 'selesai|tuntas'),
    ('closed', 'tutup|ditutup|arsip|diarsipkan|ditolak'),
    ('postponed', 'tertunda|tunda|ditunda')]) }}
{%- endmacro %}

{# How far a referral has got. #}
{% macro decode_referral_status(text) -%}
  {{ decode_phrases(text, [
    ('new', 'baru|masuk|diterima'),
    ('in_progress', 'diproses|proses|dalam proses'),
    ('referred', 'dirujuk|rujuk|rujukan'),
    ('completed', 'selesai|tuntas'),
    ('rejected', 'ditolak|tolak|tidak disetujui')]) }}
{%- endmacro %}

{# A kind of violence, in free spelling. #}
{% macro decode_violence(text) -%}
  {{ decode_phrases(text, [
    ('trafficking', 'trafficking|tppo|perdagangan orang|perdagangan manusia|perdagangan anak'),
    ('exploitation', 'eksploitasi|exploitasi'),
    ('sexual', 'seksual|sexual|perkosaan|pemerkosaan|pelecehan|pencabulan|persetubuhan|tpks|inses'),
    ('physical', 'fisik|pisik|penganiayaan|pemukulan'),
    ('psychological', 'psikis|psikologis|psikologi|fsikis|emosional|ancaman|bullying|perundungan'),
    ('neglect', 'penelantaran|ekonomi|ditelantarkan'),
    ('domestic', 'kdrt|rumah tangga'),
    ('miscellaneous', 'lainnya|lain lain|lain')]) }}
{%- endmacro %}

{# A service to a victim of violence, in free spelling. #}
{% macro decode_protection_service(text) -%}
  {{ decode_phrases(text, [
    ('shelter', 'rumah aman|shelter|penampungan|rumah perlindungan'),
    ('legal_aid', 'bantuan hukum|pendampingan hukum|hukum'),
    ('law_enforcement', 'penegakan hukum|kepolisian|polisi|laporan polisi'),
    ('health', 'kesehatan|medis|visum|pengobatan'),
    ('counselling', 'konseling|psikolog|psikologis|psikososial|psikologi'),
    ('social_rehabilitation', 'rehabilitasi|rehabilitasi sosial|rehsos'),
    ('reintegration', 'reintegrasi|reintegrasi sosial|pemulangan|pemulangan dan reintegrasi'),
    ('spiritual', 'tokoh agama|bimbingan rohani|rohani'),
    ('complaint', 'pengaduan|penerimaan pengaduan|aduan|klarifikasi'),
    ('accompaniment', 'pendampingan|penjangkauan|mediasi'),
    ('economic', 'pemberdayaan|ekonomi|bantuan ekonomi|pendidikan'),
    ('miscellaneous', 'lainnya|lain lain|lain|rujukan')]) }}
{%- endmacro %}

{# Whether a case is open or closed. #}
{% macro decode_case_status(text) -%}
  {{ decode_phrases(text, [
    ('closed', 'selesai|tutup|ditutup|tuntas|damai|dicabut|putusan|terminasi'),
    ('open', 'proses|dalam proses|diproses|baru|berjalan|pendampingan|rujuk|dirujuk|penyidikan|lanjut')]) }}
{%- endmacro %}

{# Where budgeted money comes from. #}
{% macro decode_fund(text) -%}
  {{ decode_phrases(text, [
    ('dak', 'dak|dana alokasi khusus'),
    ('dau', 'dau|dana alokasi umum'),
    ('dbh', 'dbh|dana bagi hasil|dbh cht'),
    ('apbn', 'apbn|pusat|dekonsentrasi|tugas pembantuan'),
    ('village_fund', 'dana desa|dd|add'),
    ('apbd', 'apbd|pad|pendapatan asli daerah|apbd kab|apbd kota|apbd provinsi|silpa'),
    ('csr', 'csr|tjsl|tanggung jawab sosial'),
    ('donor', 'donor|hibah|hibah luar negeri|bantuan luar negeri')]) }}
{%- endmacro %}

{# Which version of a budget: murni (as first passed), pergeseran (shifted), perubahan (amended). #}
{% macro decode_budget_version(text) -%}
  {{ decode_phrases(text, [
    ('perubahan', 'perubahan|apbdp|apbd p|p apbd'),
    ('pergeseran', 'pergeseran|geser'),
    ('murni', 'murni|induk|awal|penetapan')]) }}
{%- endmacro %}

{# A disease, by its usual names. #}
{% macro decode_disease(text) -%}
  {{ decode_phrases(text, [
    ('dengue', 'dbd|demam berdarah|demam berdarah dengue|dengue|db'),
    ('diarrhoea', 'diare|muntaber'),
    ('respiratory', 'ispa|infeksi saluran pernapasan|infeksi saluran pernafasan'),
    ('pneumonia', 'pneumonia'),
    ('tuberculosis', 'tb|tbc|tuberkulosis|tb paru'),
    ('malaria', 'malaria'),
    ('measles', 'campak|rubella'),
    ('covid_19', 'covid|covid 19|corona'),
    ('typhoid', 'tifus|tifoid|tipes|typhoid|thypoid|demam tifoid'),
    ('leptospirosis', 'leptospirosis'),
    ('rabies', 'rabies|gigitan hewan penular rabies|ghpr'),
    ('hepatitis', 'hepatitis'),
    ('hiv_aids', 'hiv|aids'),
    ('leprosy', 'kusta|lepra'),
    ('filariasis', 'filariasis|kaki gajah'),
    ('hypertension', 'hipertensi|darah tinggi'),
    ('diabetes', 'diabetes|dm|kencing manis'),
    ('skin_disease', 'kulit|scabies|skabies|gatal'),
    ('diphtheria', 'difteri'),
    ('miscellaneous', 'lainnya|lain lain')]) }}
{%- endmacro %}

{# A facility by its name. #}
{% macro decode_facility(text) -%}
  {{ decode_phrases(text, [
    ('posyandu', 'posyandu|pos pelayanan terpadu'),
    ('health_post', 'puskesmas pembantu|pustu|poskesdes|polindes|ponkesdes|pos kesehatan'),
    ('mobile_clinic', 'puskesmas keliling|pusling'),
    ('health_centre', 'puskesmas'),
    ('hospital', 'rumah sakit|rsud|rs'),
    ('clinic', 'klinik|praktik dokter|praktek dokter|bidan|apotek'),
    ('early_childhood', 'paud|tk|ra|kb|taman kanak kanak|kelompok bermain'),
    ('primary_school', 'sd|sdn|mi|min|sekolah dasar|madrasah ibtidaiyah'),
    ('junior_secondary_school', 'smp|smpn|mts|mtsn|madrasah tsanawiyah'),
    ('senior_secondary_school', 'sma|sman|smk|smkn|ma|man|slta|madrasah aliyah'),
    ('university', 'universitas|perguruan tinggi|politeknik|sekolah tinggi'),
    ('course', 'kursus|pkbm|lkp|blk'),
    ('place_of_worship', 'masjid|mushola|musholla|musala|surau|gereja|pura|vihara|kelenteng|langgar'),
    ('library', 'perpustakaan|taman bacaan'),
    ('market', 'pasar|toko|koperasi|bumdes'),
    ('sports', 'lapangan|olahraga|gor'),
    ('water', 'air bersih|sumur|pamsimas|embung|mck|sanitasi'),
    ('social_care', 'panti|lks|rumah singgah'),
    ('hall', 'balai|kantor|gedung serbaguna|aula')]) }}
{%- endmacro %}

{# A facility by its category, where its name does not tell. #}
{% macro decode_facility_kind(text) -%}
  {{ decode_phrases(text, [
    ('health_facility', 'kesehatan'),
    ('education_facility', 'pendidikan'),
    ('worship_facility', 'ibadah|keagamaan|agama'),
    ('social_facility', 'sosial'),
    ('economic_facility', 'ekonomi|perdagangan|usaha'),
    ('sports_facility', 'olahraga|olah raga'),
    ('water_facility', 'air|sanitasi|air bersih'),
    ('transport_facility', 'transportasi|perhubungan|jalan|jembatan'),
    ('government_facility', 'pemerintahan|umum|prasarana umum|kantor')]) }}
{%- endmacro %}

{# What somebody asks for. #}
{% macro decode_need(text) -%}
  {{ decode_phrases(text, [
    ('pkh', 'pkh|keluarga harapan'),
    ('health_insurance', 'kis|pbi|jkn|pbi jkn|bpjs|jaminan kesehatan'),
    ('school_support', 'kip|pip|beasiswa|seragam|sekolah|pendidikan|alat sekolah'),
    ('disability_aid', 'alat bantu|kursi roda|disabilitas|alat bantu disabilitas|tongkat|kaki palsu'),
    ('cash', 'blt|tunai|uang|bantuan tunai'),
    ('housing', 'rumah|rtlh|bedah rumah|perumahan'),
    ('civil_document', 'ktp|kk|akta|adminduk|dokumen|kartu keluarga'),
    ('health_care', 'berobat|obat|pengobatan|kesehatan|rawat|ambulans'),
    ('training', 'pelatihan|kerja|pekerjaan|lowongan'),
    ('business', 'usaha|modal|kube|pena'),
    ('care', 'panti|lansia|pengasuhan|rehabilitasi|atensi|terlantar'),
    ('protection', 'kekerasan|kdrt|perlindungan'),
    ('registration', 'dtsen|dtks|pendataan|data'),
    ('food', 'pangan|sembako|bpnt|beras|makanan|bantuan pangan|nutrisi|susu'),
    ('miscellaneous', 'lainnya|lain lain')]) }}
{%- endmacro %}

{# One of the programs, by its usual names. #}
{% macro decode_program(text) -%}
  {{ decode_phrases(text, [
    ('pbi_jkn', 'pbi|pbi jkn|pbi jk|jkn|kis'),
    ('pkh', 'pkh|program keluarga harapan|keluarga harapan'),
    ('blt_dd', 'blt dd|blt dana desa|blt desa|bltdd'),
    ('sembako', 'sembako|bpnt|bantuan pangan non tunai'),
    ('pip', 'pip|kip|indonesia pintar'),
    ('atensi', 'atensi'),
    ('pena', 'pena|pahlawan ekonomi nusantara'),
    ('rtlh', 'rtlh|bsps|rst|rumah tidak layak huni|bedah rumah|rumah sejahtera terpadu'),
    ('blk', 'blk|pelatihan berbasis kompetensi|pelatihan kerja'),
    ('prakerja', 'prakerja|kartu prakerja'),
    ('kia', 'kia|kesehatan ibu dan anak|kesehatan ibu'),
    ('eppgbm', 'eppgbm|e ppgbm|posyandu|pmt|pemberian makanan tambahan|stunting'),
    ('posbindu', 'posbindu|ptm'),
    ('dapodik', 'dapodik'),
    ('dtsen', 'dtsen|dtks'),
    ('dukcapil', 'dukcapil|adminduk'),
    ('slrt', 'slrt|puskesos|layanan rujukan terpadu'),
    ('lapor', 'lapor|sp4n|sp4n lapor'),
    ('simfoni_ppa', 'simfoni|simfoni ppa|uptd ppa|ppa|perlindungan perempuan dan anak|perlindungan perempuan'),
    ('psks', 'psks'),
    ('opendk', 'opendk'),
    ('dtks_ppks', 'ppks')]) }}
{%- endmacro %}

{# Why a request was refused. #}
{% macro decode_refusal_reason(text) -%}
  {{ decode_phrases(text, [
    ('not_in_register', 'tidak masuk dtsen|tidak terdaftar dtsen|tidak ada di dtsen|dtsen|dtks|belum terdaftar|tidak terdaftar'),
    ('incomplete_documents', 'tidak lengkap|data tidak lengkap|belum lengkap|kurang lengkap|berkas|dokumen'),
    ('quota_full', 'kuota penuh|kuota|penuh|habis'),
    ('not_eligible', 'tidak memenuhi|tidak layak|syarat|mampu|desil'),
    ('already_served', 'sudah menerima|sudah dapat|sudah terlayani|ganda'),
    ('moved_or_died', 'pindah|meninggal'),
    ('withdrawn', 'dibatalkan|batal|mengundurkan|dicabut'),
    ('not_reachable', 'tidak ditemukan|tidak dapat dihubungi|tidak hadir')]) }}
{%- endmacro %}

{# The program that a budget line is for, by the names of its activity and program; NULL where they tell none. #}
{% macro decode_budget_program(activity, program) -%}
  coalesce(nullif({{ decode_program(activity) }}, 'other'), nullif({{ decode_program(program) }}, 'other'))
{%- endmacro %}

{# The texts of a JSON array, or of a list with commas; an empty list where nothing is told. #}
{% macro json_texts(text) %}{{ adapter.dispatch('json_texts', 'lumbung')(text) }}{% endmacro %}
{% macro default__json_texts(text) -%}
  list_filter(
    case
      when trim({{ text }}) like '[%' and json_valid({{ text }}) then json_extract_string({{ text }}, '$[*]')
      when {{ parse_text(text) }} is not null then string_split_regex({{ text }}, ' *[,;] *')
      else []
    end, lambda _item: {{ parse_text('_item') }} is not null)
{%- endmacro %}

{# The rows of a relation once per item of a list, with the item and its number; once with NULL for an empty list. #}
{% macro each_of(relation, list, item, number) %}{{ adapter.dispatch('each_of', 'lumbung')(relation, list, item, number) }}{% endmacro %}
{% macro default__each_of(relation, list, item, number) -%}
  select
    *,
    unnest(case when len({{ list }}) > 0 then {{ list }} else [null] end) as {{ item }},
    unnest(range(1, greatest(len({{ list }}), 1) + 1)) as {{ number }}
  from {{ relation }}
{%- endmacro %}
