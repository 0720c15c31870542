-- A register of people as a regency sends it (dtsen), with the usual dirt: the list that
-- benchmarks/exports.py takes in. All of it follows from the number of a row.
create table villages as
      select row_number() over (order by v.code) - 1 as place, replace(v.code,'.','') as code, upper(v.name) as village, upper(any_value(d.name)) as district
      from '{areas}' v join '{areas}' d on d.code=v.parent_code and d.level='kecamatan'
      where v.level='desa_kelurahan' and v.code like '14.71.%' group by v.code, v.name;

create or replace macro pick(i, salt, n) as (hash(i, salt) % n);
    create or replace macro one_in(i, salt, n) as (hash(i, salt) % n = 0);
    copy (
    with people as (
      select i, i // 4 as family, pick(i,'sex',2)=0 as female,
        date '1940-01-01' + cast(pick(i,'birth',31000) as integer) as birth,
        v.code, v.village, v.district,
        ['BUDI','SITI','MUH. SALEH','RINI','NURAINI','AGUS','DEWI','JONATHAN','LASMARIA','AZKA','NAUFAL','WAHYU','ST. AMINAH','H. ABDUL','RATNA','YUSUF'][1+pick(i,'a',16)::int]
          || ' ' || ['SANTOSO','FARIDAH','GUNAWAN','HIDAYAT','SIREGAR','SALEH','PERMANA','LESTARI','RAHMAN','SINAGA','KUSUMA','WIJAYA'][1+pick(i,'b',12)::int]
          || ' ' || ['A','PUTRA','PUTRI','ANDINI','SARI','UTAMA','HASAN','NUR'][1+pick(i,'c',8)::int] as name
      from range({rows}) as t(i)
      join villages as v on v.place = pick(i // 4, 'village', (select count(*) from villages))),
    numbered as (select *, '147108' || printf('%02d', day(birth) + case when female then 40 else 0 end) || strftime(birth,'%m%y') || printf('%04d', 1 + i % 9998) as nik,
       '147108' || strftime(date '2010-01-01' + cast(pick(family,'card',5000) as integer),'%d%m%y') || printf('%04d', 1 + family % 9998) as card from people)
    select 'DT' || printf('%09d', i) as id_dtsen,
      case when one_in(i,'n1',60) then '' when one_in(i,'n2',80) then chr(39) || nik when one_in(i,'n3',90) then left(nik,1)||'.'||nik[2:7]||'e+15'
           when one_in(i,'n4',100) then left(nik,15) when one_in(i,'n5',110) then left(nik,12)||'****' when one_in(i,'n6',120) then left(nik,6)||'.'||nik[7:12]||'.'||right(nik,4)
           when one_in(i,'n7',130) then left(nik,12)||'0000' when one_in(i,'n8',300) then '0' else nik end as nik,
      case when one_in(i,'m1',200) or (one_in(i,'n1',60) and one_in(i,'m9',5)) then '' when one_in(i,'m2',50) then lower(name) else name end as nama,
      case when one_in(i,'k1',70) then '0' when one_in(i,'k2',90) then '' when one_in(i,'k3',90) then chr(39)||card else card end as no_kk,
      case when one_in(i,'d1',4) then strftime(birth,'%d/%m/%Y') when one_in(i,'d2',40) then strftime(birth,'%d-%m-%y') when one_in(i,'d3',50) then (birth - date '1899-12-30')::varchar
           when one_in(i,'d4',60) then day(birth)||' '||['Januari','Februari','Maret','April','Mei','Juni','Juli','Agustus','September','Oktober','November','Desember'][month(birth)]||' '||year(birth)
           when one_in(i,'d5',90) then '00/00/'||year(birth) when one_in(i,'d6',120) then '' else strftime(birth,'%Y-%m-%d') end as tgl_lahir,
      case when one_in(i,'s1',80) then '' when one_in(i,'s2',60) then (case when female then 'Perempuan' else 'Laki-laki' end) when one_in(i,'s3',200) then (case when female then 'L' else 'P' end) when female then 'P' else 'L' end as jk,
      'JL. ' || ['DURIAN','MERDEKA','RAMBUTAN','BUNTU','SUDIRMAN','MELATI'][1+pick(family,'street',6)::int] || ' NO. ' || pick(family,'no',200) as alamat,
      district as kecamatan, case when one_in(i,'v1',100) then '' when one_in(i,'v2',80) then 'KEL. '||village else village end as desa,
      case when one_in(i,'c1',30) then code[1:2]||'.'||code[3:4]||'.'||code[5:6]||'.'||code[7:10] when one_in(i,'c2',120) then left(code,9) when one_in(i,'c3',150) then '' else code end as kode_desa,
      case when one_in(i,'e1',25) then 'Belum Ada Desl' when one_in(i,'e2',25) then '6-10' when one_in(i,'e3',50) then '' when one_in(i,'e4',60) then '6-10 Dalam Proses penurunan' else (1+pick(family,'decile',10))::varchar end as desil,
      case when one_in(i,'f1',50) then '' when pick(family,'pkh',4)=0 then 'YA' else 'TIDAK' end as pkh,
      case when one_in(i,'g1',50) then '' when pick(family,'bpnt',4)=0 then 'YA' else 'TIDAK' end as bpnt,
      case when one_in(i,'h1',50) then '' when pick(family,'pbi',3)=0 then 'YA' else 'TIDAK' end as pbi_jk,
      strftime(date '2026-01-01' + cast(pick(i,'upd',170) as integer),'%Y-%m-%d') as update_terakhir
    from numbered order by i) to '{path}' (delimiter ';', header);
