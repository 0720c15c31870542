{#
  From the words of registers and social assistance to codes: what several programs write alike, and
  lists of one program that are too long for its model. What no list has is `other` where the cell
  says something, and NULL where it does not.
#}

{# What a register of residents says of a person: resident, dead, moved, invalid. #}
{% macro decode_resident_status(text) -%}
  {{ decode_words(text, [
    ('resident', ['hidup', 'ada', 'aktif']),
    ('dead', ['mati', 'meninggal', 'meninggal dunia']),
    ('moved', ['pindah', 'pindah keluar', 'pindah domisili']),
    ('invalid', ['tidak valid', 'invalid', 'tdk valid'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Relationship to the head of the family card (SHDK). #}
{% macro decode_family_relationship(text) -%}
  {{ decode_words(text, [
    ('head', ['kepala keluarga', 'kk', 'kep keluarga', 'kepala']),
    ('husband', ['suami']),
    ('wife', ['istri', 'isteri']),
    ('child', ['anak', 'anak kandung']),
    ('child_in_law', ['menantu']),
    ('grandchild', ['cucu']),
    ('parent', ['orang tua', 'orangtua']),
    ('parent_in_law', ['mertua']),
    ('other_relative', ['famili lain', 'family lain', 'famili', 'keluarga lain']),
    ('domestic_worker', ['pembantu', 'pembantu rumah tangga', 'asisten rumah tangga']),
    ('other_member', ['lainnya', 'lain lain'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Marital status as on the identity card. #}
{% macro decode_marital_status(text) -%}
  {{ decode_words(text, [
    ('never_married', ['belum kawin', 'belum menikah', 'bk']),
    ('married', ['kawin', 'kawin tercatat', 'menikah']),
    ('married_unregistered', ['kawin belum tercatat', 'kawin tidak tercatat',
      'kawin tdk tercatat', 'nikah siri']),
    ('divorced', ['cerai hidup', 'cerai hidup tercatat', 'cerai hidup belum tercatat',
      'cerai hidup tidak tercatat', 'cerai']),
    ('widowed', ['cerai mati'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Highest education, by the words of the family card. #}
{% macro decode_education(text) -%}
  {{ decode_words(text, [
    ('none', ['tidak belum sekolah', 'tidak sekolah', 'belum sekolah', 'tidak pernah sekolah']),
    ('primary_incomplete', ['belum tamat sd', 'belum tamat sd sederajat', 'tidak tamat sd',
      'tidak tamat sd sederajat']),
    ('primary', ['tamat sd', 'tamat sd sederajat', 'sd', 'sd sederajat']),
    ('lower_secondary', ['sltp', 'sltp sederajat', 'smp', 'smp sederajat']),
    ('upper_secondary', ['slta', 'slta sederajat', 'sma', 'sma sederajat', 'smk']),
    ('diploma_1_2', ['diploma i ii', 'diploma i', 'diploma ii', 'd1', 'd2']),
    ('diploma_3', ['akademi diploma iii s muda', 'akademi diploma iii sarjana muda',
      'diploma iii', 'd3']),
    ('bachelor', ['diploma iv strata i', 'strata i', 'diploma iv', 's1', 'd4']),
    ('master', ['strata ii', 's2']),
    ('doctorate', ['strata iii', 's3'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Group of occupation, by the words of the family card. #}
{% macro decode_occupation(text) -%}
  {{ decode_words(text, [
    ('not_working', ['belum tidak bekerja', 'tidak bekerja', 'belum bekerja']),
    ('homemaker', ['mengurus rumah tangga', 'ibu rumah tangga', 'irt']),
    ('student', ['pelajar mahasiswa', 'pelajar', 'mahasiswa']),
    ('retired', ['pensiunan']),
    ('public_servant', ['pegawai negeri sipil', 'pegawai negeri sipil pns', 'pns', 'asn', 'pppk',
      'kepala desa', 'perangkat desa', 'bupati', 'wakil bupati', 'walikota', 'wakil walikota',
      'gubernur', 'wakil gubernur', 'anggota dprd kabupaten kota', 'anggota dprd provinsi',
      'anggota dpr ri', 'anggota dpd', 'anggota bpk']),
    ('military_police', ['tentara nasional indonesia', 'tentara nasional indonesia tni', 'tni',
      'kepolisian ri', 'kepolisian ri polri', 'polri']),
    ('trader', ['perdagangan', 'pedagang']),
    ('farmer', ['petani', 'petani pekebun', 'pekebun', 'peternak', 'buruh tani perkebunan',
      'buruh tani', 'buruh peternakan']),
    ('fisher', ['nelayan', 'nelayan perikanan', 'buruh nelayan perikanan', 'buruh nelayan']),
    ('industry_construction', ['industri', 'konstruksi', 'tukang batu', 'tukang kayu',
      'tukang las pandai besi', 'tukang listrik', 'tukang bangunan', 'mekanik']),
    ('transport', ['transportasi', 'sopir', 'supir', 'tukang ojek', 'ojek', 'pelaut', 'pilot']),
    ('private_employee', ['karyawan swasta', 'karyawan bumn', 'karyawan bumd',
      'karyawan honorer', 'karyawan', 'pegawai swasta']),
    ('labourer', ['buruh harian lepas', 'buruh', 'buruh lepas']),
    ('domestic_worker', ['pembantu rumah tangga']),
    ('craft_service', ['tukang jahit', 'tukang cukur', 'tukang gigi', 'tukang sol sepatu',
      'penata rias', 'penata rambut', 'penata busana', 'juru masak']),
    ('self_employed', ['wiraswasta', 'wirausaha']),
    ('professional', ['guru', 'dosen', 'dokter', 'bidan', 'perawat', 'apoteker',
      'psikiater psikolog', 'pengacara', 'notaris', 'arsitek', 'akuntan', 'konsultan',
      'wartawan', 'peneliti', 'penyiar televisi', 'penyiar radio', 'seniman', 'perancang busana',
      'penterjemah', 'promotor acara', 'paraji', 'tabib']),
    ('clergy', ['imam mesjid', 'imam masjid', 'pendeta', 'pastor', 'ustadz mubaligh',
      'biarawati', 'biarawan biarawati']),
    ('other_work', ['lainnya', 'pekerjaan lainnya'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Kind of disability, by the words of the family card and of the social registers. #}
{% macro decode_disability(text) -%}
  {{ decode_words(text, [
    ('none', ['tidak cacat', 'tidak ada', 'tidak', 'bukan penyandang disabilitas']),
    ('fisik', ['fisik', 'cacat fisik', 'disabilitas fisik', 'daksa', 'tuna daksa', 'tunadaksa']),
    ('netra_buta', ['netra', 'netra buta', 'cacat netra buta', 'buta', 'tuna netra', 'tunanetra',
      'disabilitas sensorik netra']),
    ('rungu', ['rungu', 'tuna rungu', 'tunarungu']),
    ('wicara', ['wicara', 'tuna wicara', 'tunawicara']),
    ('rungu_wicara', ['rungu wicara', 'cacat rungu wicara', 'tuna rungu wicara',
      'tunarungu wicara']),
    ('grahita', ['grahita', 'tuna grahita', 'tunagrahita', 'disabilitas intelektual',
      'intelektual', 'down syndrome']),
    ('mental_jiwa', ['mental', 'jiwa', 'mental jiwa', 'cacat mental jiwa', 'disabilitas mental',
      'odgj']),
    ('fisik_mental', ['fisik mental', 'fisik dan mental', 'cacat fisik dan mental', 'ganda',
      'cacat ganda', 'disabilitas ganda']),
    ('lainnya', ['lainnya', 'cacat lainnya', 'disabilitas lainnya'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whether somebody goes to school, in the census' words. #}
{% macro decode_school_participation(text) -%}
  {{ decode_words(text, [
    ('attending', ['masih bersekolah', 'masih sekolah', 'bersekolah']),
    ('not_attending', ['tidak bersekolah', 'tidak sekolah']),
    ('left_school', ['tidak bersekolah lagi', 'tidak sekolah lagi']),
    ('never_attended', ['tidak belum pernah sekolah', 'belum pernah sekolah',
      'tidak belum pernah bersekolah', 'belum pernah bersekolah'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whether somebody works, in the census' words. #}
{% macro decode_working(text) -%}
  {{ decode_words(text, [
    ('yes', ['bekerja', 'ya', '1', '1 0']),
    ('no', ['tidak bekerja', 'tidak', '2', '2 0'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Main material of the floor. #}
{% macro decode_floor(text) -%}
  {{ decode_words(text, [
    ('marble_granite', ['marmer granit', 'marmer', 'granit']),
    ('tiles', ['keramik']),
    ('parquet', ['parket vinil karpet', 'parket vinil permadani', 'parket', 'vinil']),
    ('terrazzo', ['ubin tegel teraso', 'ubin', 'tegel', 'teraso']),
    ('wood', ['kayu', 'kayu papan', 'kayu papan kualitas tinggi', 'kayu papan kualitas rendah',
      'papan']),
    ('cement', ['semen', 'semen bata merah', 'bata merah']),
    ('bamboo', ['bambu']),
    ('earth', ['tanah']),
    ('other_material', ['lainnya'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Main material of the walls. #}
{% macro decode_wall(text) -%}
  {{ decode_words(text, [
    ('brick', ['tembok', 'beton']),
    ('plastered_bamboo', ['plesteran anyaman bambu kawat', 'plesteran anyaman bambu']),
    ('wood', ['kayu papan', 'kayu', 'papan', 'kayu papan gypsum grc calciboard']),
    ('woven_bamboo', ['anyaman bambu']),
    ('logs', ['batang kayu']),
    ('bamboo', ['bambu']),
    ('other_material', ['lainnya'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Main source of drinking water. #}
{% macro decode_water(text) -%}
  {{ decode_words(text, [
    ('bottled', ['air kemasan bermerk', 'air kemasan']),
    ('refill', ['air isi ulang', 'isi ulang']),
    ('piped', ['leding', 'leding meteran', 'leding eceran', 'pdam']),
    ('borehole', ['sumur bor', 'sumur bor pompa', 'pompa']),
    ('protected_well', ['sumur terlindung']),
    ('unprotected_well', ['sumur tak terlindung', 'sumur tidak terlindung']),
    ('protected_spring', ['mata air terlindung']),
    ('unprotected_spring', ['mata air tak terlindung', 'mata air tidak terlindung']),
    ('surface_water', ['air permukaan', 'sungai', 'air sungai', 'danau']),
    ('rainwater', ['air hujan']),
    ('other_source', ['lainnya'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Use of a toilet. #}
{% macro decode_toilet(text) -%}
  {{ decode_words(text, [
    ('own', ['sendiri', 'ada digunakan sendiri', 'milik sendiri']),
    ('shared', ['bersama', 'ada digunakan bersama']),
    ('public', ['umum', 'ada di mck komunal', 'ada di mck umum', 'mck komunal', 'mck umum',
      'mck']),
    ('unused', ['ada tidak digunakan']),
    ('none', ['tidak ada', 'tidak ada fasilitas'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Who pays the contribution: the state (PBI APBN) or the region (PBI APBD). #}
{% macro decode_insurance_segment(text) -%}
  {{ decode_words(text, [
    ('pbi_apbn', ['pbi apbn', 'pbi jk', 'pbi', 'pbi jkn']),
    ('pbi_apbd', ['pbi apbd', 'pbpu bp pemda', 'pbpu pemda', 'pbi daerah'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Kind of small business. #}
{% macro decode_business(text) -%}
  {{ decode_words(text, [
    ('grocery_kiosk', ['warung kelontong', 'warung', 'kelontong', 'toko kelontong', 'sembako',
      'toko sembako']),
    ('culinary', ['kuliner', 'warung makan', 'makanan', 'makanan dan minuman', 'minuman',
      'jajanan', 'katering']),
    ('cakes', ['kue basah', 'kue', 'kue kering', 'roti']),
    ('sewing', ['jahit', 'menjahit', 'penjahit', 'konveksi']),
    ('livestock', ['ternak', 'ternak ayam', 'ternak kambing', 'ternak sapi', 'ternak bebek',
      'peternakan', 'ternak itik']),
    ('fishery', ['perikanan', 'budidaya ikan', 'nelayan', 'ikan', 'ternak ikan']),
    ('farming', ['pertanian', 'bertani', 'tanaman', 'hortikultura']),
    ('laundry', ['laundry', 'binatu']),
    ('trade', ['perdagangan', 'dagang', 'jualan', 'jualan pakaian', 'pakaian', 'jual pulsa',
      'pulsa', 'dagang sayur', 'sayuran']),
    ('craft', ['kerajinan', 'anyaman', 'kerajinan tangan', 'tenun', 'batik']),
    ('salon', ['salon', 'salon kecantikan', 'potong rambut', 'pangkas rambut']),
    ('repair_service', ['bengkel', 'jasa', 'servis', 'ojek', 'jasa ojek', 'las'])],
    other_if_told(text)) }}
{%- endmacro %}

{# Whether a village's list says that the help was received. #}
{% macro decode_receipt(text) -%}
  {{ decode_words(text, [
    ('paid', ['sudah', 'sudah terima', 'sudah diterima', 'diterima', 'sudah tanda tangan', 'ttd',
      'tanda tangan', 'ada', 'ya', 'cap jempol', 'v']),
    ('ordered', ['belum', 'belum diterima', 'belum salur', 'belum terima']),
    ('failed', ['tidak hadir', 'tidak diambil', 'gagal', 'ditolak', 'dikembalikan'])],
    "'unknown'") }}
{%- endmacro %}

{# `pairs` (code, list of plain words) as rows (code, words). #}
{% macro word_rows(pairs) -%}
  {%- for code, words in pairs -%}{%- set last = loop.last -%}
  {%- for word in words %}
  select '{{ code }}' as code, '{{ word }}' as words{{ ' union all' if not (last and loop.last) }}
  {%- endfor -%}
  {%- endfor -%}
{%- endmacro %}

{#
  A cell that names several things as one text `,fakir miskin,,anak telantar,`: each item between
  commas of its own. Items are parted by commas, semicolons or bars; quotes and brackets of a JSON
  list are taken off. NULL where it names nothing.
#}
{% macro listed_items(text) -%}
  {{ let('_items', replace_every(replace_every(replace_every("lower(" ~ parse_text(text) ~ ")",
      "[^a-z0-9,;|]+", " "), "[ ,;|]*[,;|][ ,;|]*", ",,"), "^[ ,]+|[ ,]+$", ""),
    "case when _items <> '' then concat(',', _items, ',') end") }}
{%- endmacro %}

{# The 26 categories of people in need of social services (PPKS, Permensos 8/2012), by their names. #}
{% macro ppks_categories() -%}
  {{ word_rows([
    ('anak_balita_telantar', ['anak balita telantar', 'anak balita terlantar', 'balita telantar',
      'balita terlantar']),
    ('anak_telantar', ['anak telantar', 'anak terlantar']),
    ('anak_berhadapan_dengan_hukum', ['anak yang berhadapan dengan hukum',
      'anak berhadapan dengan hukum', 'abh']),
    ('anak_jalanan', ['anak jalanan']),
    ('anak_dengan_kedisabilitasan', ['anak dengan kedisabilitasan',
      'anak dengan kedisabilitasan adk', 'adk', 'anak dengan disabilitas']),
    ('anak_korban_kekerasan', [
      'anak yang menjadi korban tindak kekerasan atau diperlakukan salah',
      'anak yang menjadi korban tindak kekerasan', 'anak korban kekerasan',
      'anak korban tindak kekerasan']),
    ('anak_memerlukan_perlindungan_khusus', ['anak yang memerlukan perlindungan khusus',
      'anak memerlukan perlindungan khusus', 'amppk']),
    ('lanjut_usia_telantar', ['lanjut usia telantar', 'lanjut usia terlantar', 'lansia telantar',
      'lansia terlantar']),
    ('penyandang_disabilitas', ['penyandang disabilitas', 'disabilitas']),
    ('tuna_susila', ['tuna susila']),
    ('gelandangan', ['gelandangan']),
    ('pengemis', ['pengemis']),
    ('pemulung', ['pemulung']),
    ('gelandangan_pengemis_pemulung', ['gelandangan pengemis dan pemulung',
      'gelandangan pengemis', 'gepeng', 'pengemis dan pemulung']),
    ('kelompok_minoritas', ['kelompok minoritas']),
    ('bekas_warga_binaan', ['bekas warga binaan lembaga pemasyarakatan',
      'bekas warga binaan pemasyarakatan', 'bekas warga binaan', 'bwblp', 'bwbp']),
    ('orang_dengan_hiv_aids', ['orang dengan hiv aids', 'orang dengan hiv aids odha', 'odha']),
    ('korban_napza', ['korban penyalahgunaan napza', 'korban napza', 'penyalahguna napza']),
    ('korban_trafficking', ['korban trafficking', 'korban perdagangan orang']),
    ('korban_tindak_kekerasan', ['korban tindak kekerasan', 'korban kekerasan']),
    ('pekerja_migran_bermasalah', ['pekerja migran bermasalah sosial',
      'pekerja migran bermasalah sosial pmbs', 'pmbs', 'pekerja migran bermasalah']),
    ('korban_bencana_alam', ['korban bencana alam']),
    ('korban_bencana_sosial', ['korban bencana sosial']),
    ('perempuan_rawan_sosial_ekonomi', ['perempuan rawan sosial ekonomi',
      'perempuan rawan sosial ekonomi prse', 'prse']),
    ('fakir_miskin', ['fakir miskin', 'keluarga fakir miskin']),
    ('keluarga_bermasalah_sosial_psikologis', ['keluarga bermasalah sosial psikologis']),
    ('komunitas_adat_terpencil', ['komunitas adat terpencil', 'kat'])]) }}
{%- endmacro %}

{# The five groups of ATENSI (Permensos 7/2021). #}
{% macro atensi_categories() -%}
  {{ word_rows([
    ('anak', ['anak']),
    ('penyandang_disabilitas', ['penyandang disabilitas', 'disabilitas']),
    ('lanjut_usia', ['lanjut usia', 'lansia']),
    ('korban_bencana_kedaruratan', ['korban bencana dan kedaruratan', 'korban bencana',
      'kedaruratan']),
    ('kelompok_rentan', ['kelompok rentan', 'tuna sosial',
      'tuna sosial dan korban perdagangan orang', 'korban penyalahgunaan napza',
      'tuna sosial dan kelompok rentan'])]) }}
{%- endmacro %}

{# The services of ATENSI (Permensos 7/2021), by their names. #}
{% macro atensi_services() -%}
  {{ word_rows([
    ('basic_needs_support', ['dukungan pemenuhan hidup layak', 'pemenuhan hidup layak']),
    ('social_care', ['perawatan sosial', 'perawatan sosial dan atau pengasuhan anak']),
    ('child_care', ['pengasuhan anak']),
    ('family_support', ['dukungan keluarga']),
    ('physical_therapy', ['terapi fisik']),
    ('psychosocial_therapy', ['terapi psikososial']),
    ('mental_spiritual_therapy', ['terapi mental spiritual', 'dan terapi mental spiritual']),
    ('vocational_training', ['pelatihan vokasional',
      'pelatihan vokasional dan atau pembinaan kewirausahaan']),
    ('entrepreneurship_coaching', ['pembinaan kewirausahaan']),
    ('social_assistance', ['bantuan sosial', 'bantuan sosial dan asistensi sosial',
      'asistensi sosial']),
    ('accessibility_support', ['dukungan aksesibilitas'])]) }}
{%- endmacro %}

{#
  The codes that the items of a column stand for: rows of (submission_id, source_row, code), one
  for each code of a row and one with `other` where an item is in no list. `relation` has
  submission_id, source_row and `items` (macro listed_items); `words` yields (code, words).
#}
{% macro codes_of_items(relation, items, words) -%}
  select distinct r.submission_id, r.source_row, w.code
  from {{ relation }} as r
  inner join ({{ words }}) as w on r.{{ items }} like concat('%,', w.words, ',%')
  union all
  -- As many characters are taken by known items (each as often as it stands there) as there are.
  select r.submission_id, r.source_row, 'other'
  from {{ relation }} as r
  left join (select distinct words from ({{ words }}) as listed) as w
    on r.{{ items }} like concat('%,', w.words, ',%')
  where r.{{ items }} is not null
  group by r.submission_id, r.source_row, r.{{ items }}
  having coalesce(sum(length(r.{{ items }}) - length(replace(r.{{ items }}, concat(',', w.words, ','), ''))), 0)
    < length(r.{{ items }})
{%- endmacro %}
