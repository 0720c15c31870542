{{ config(unique_key=record_key('unused_rows')) }}

-- Rows of the table that hold no figure: footnotes and what is left of them.
with submitted as (
    {{ submitted('bps') }}
)

select
    'bps' as program,
    submission_id,
    coalesce(source_part, '') as source_part,
    source_row,
    'no_figures' as reason_code
from submitted
where coalesce(
    {{ as_sent('garis_kemiskinan_maret_rp') }}, {{ as_sent('garis_kemiskinan_september_rp') }},
    {{ as_sent('jumlah_penduduk_miskin_maret_ribu_ribu') }}, {{ as_sent('jumlah_penduduk_miskin_september_ribu_ribu') }},
    {{ as_sent('persentase_penduduk_miskin_maret') }}, {{ as_sent('persentase_penduduk_miskin_september') }}) is null
