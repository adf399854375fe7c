"""What columns can be made by, one file for each family; `catalog` names them all."""
