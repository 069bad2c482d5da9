select * from {{ source('flat', 'dropped') }}
