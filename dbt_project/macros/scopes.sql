{#
  The level and the scope of a summed row, where rows are grouped by sets of columns.
  - `level_of()`, `scope_of()`: by company and segment; portfolio, company, segment, or company and segment;
  - `company_level_of()`, `company_scope_of()`: by company only; portfolio or company;
  - `staff_level_of()`, `staff_scope_of()`: by team and employee; portfolio, team or employee.
  `over_companies`, `over_segments`: an expression that is 1 for rows of all of them together; by default the grouping.
  Macros, so that all marts name levels alike; models can't share an expression otherwise.
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
