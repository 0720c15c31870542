-- The vault's tables of received exports, of what was wrong in them, and of the declared programs.
create schema if not exists vault.quality;

create schema if not exists vault.submissions;

create table if not exists vault.quality.submissions (
    submission_id varchar,
    program varchar,
    area_code varchar,
    period varchar,
    version integer,
    file_name varchar,
    sha256 varchar,
    received_at timestamp,
    sent_at timestamp,
    state varchar,
    checked_state varchar,
    reason_id varchar,
    reason_en varchar,
    reason_code varchar,
    reason_column varchar,
    records_count bigint,
    title_count bigint,
    header_count bigint,
    repeated_header_count bigint,
    blank_count bigint,
    footer_count bigint,
    rows_count bigint,
    expected_rows_count bigint,
    accepted_count bigint,
    quarantined_count bigint,
    issues_critical_count bigint,
    issues_warning_count bigint,
    issues_info_count bigint,
    period_from date,
    period_to date,
    is_serving boolean,
    rules_hash varchar,
    filled_counts map (varchar, bigint),
    headers_sent varchar
);

create table if not exists vault.quality.approvals (
    approval_no bigint,
    submission_id varchar,
    decision varchar,
    decided_by varchar,
    decided_at timestamp,
    note varchar
);

create table if not exists vault.quality.issues (
    submission_id varchar,
    program varchar,
    area_code varchar,
    period varchar,
    source_part varchar,
    source_row bigint,
    column_name varchar,
    rule_id varchar,
    severity varchar,
    value_sent varchar,
    message_id varchar,
    message_en varchar,
    action_id varchar,
    action_en varchar
);

create table if not exists vault.quality.quarantine (
    submission_id varchar,
    program varchar,
    source_part varchar,
    source_row bigint,
    rule_ids varchar [],
    row_sent json
);
