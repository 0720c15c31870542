-- Entitlement, order and receipt are counted once each: as many orders and receipts as core's
-- benefits that are not repeats, and as much money received.
select 'differs' as what, facts.*, held.*
from (
    select
        count(case when status_code in ('ordered', 'failed', 'paid') then 1 end) as orders,
        count(case when status_code = 'paid' then 1 end) as receipts,
        coalesce(sum(case when status_code = 'paid' then amount_idr end), 0) as received_idr
    from {{ ref('benefits') }} where not is_repeat
) as facts
cross join (
    select
        coalesce(sum(orders_count), 0) as orders_held, coalesce(sum(receipts_count), 0) as receipts_held,
        coalesce(sum(receipts_idr), 0) as received_held_idr
    from {{ ref('entitlements') }}
) as held
where orders <> orders_held or receipts <> receipts_held or received_idr <> received_held_idr
