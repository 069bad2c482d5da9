{#
  Of whom a summed row speaks, where sums are grouped by sets of columns.
  - `level_of()`, `scope_of()`: of company and segment; portfolio, company, segment or both, and which;
  - `company_level_of()`, `company_scope_of()`: where there is no segment; portfolio or company, and which;
  - `staff_level_of()`, `staff_scope_of()`: of team and employee; portfolio, team or employee, and which.
  `over_companies`, `over_segments`: what is 1 where a row is of all of them together; else the grouping itself.
  Macros because every level is named alike in all marts, and an expression can't be shared by models otherwise.
#}
{% macro level_of(over_companies='grouping(company_id)', over_segments='grouping(segment)') -%}
    case
        when {{ over_companies }} = 1 and {{ over_segments }} = 1 then 'portfolio'
        when {{ over_segments }} = 1 then 'company'
        when {{ over_companies }} = 1 then 'segment'
        else 'company_segment'
    end
{%- endmacro %}

{% macro scope_of(over_companies='grouping(company_id)', over_segments='grouping(segment)') -%}
    case
        when {{ over_companies }} = 1 and {{ over_segments }} = 1 then 'portfolio'
        when {{ over_segments }} = 1 then 'company:' || company_id
        when {{ over_companies }} = 1 then 'segment:' || segment
        else 'company_segment:' || company_id || '|' || segment
    end
{%- endmacro %}

{% macro company_level_of() -%}
    case when grouping(company_id) = 1 then 'portfolio' else 'company' end
{%- endmacro %}

{% macro company_scope_of() -%}
    case when grouping(company_id) = 1 then 'portfolio' else 'company:' || company_id end
{%- endmacro %}

{% macro staff_level_of() -%}
    case
        when grouping(team) = 0 then 'team'
        when grouping(employee_id) = 0 then 'employee'
        else 'portfolio'
    end
{%- endmacro %}

{% macro staff_scope_of() -%}
    case
        when grouping(team) = 0 then 'team:' || team
        when grouping(employee_id) = 0 then 'employee:' || employee_id
        else 'portfolio'
    end
{%- endmacro %}
