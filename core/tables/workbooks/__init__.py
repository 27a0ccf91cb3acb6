"""Tables in workbooks, read in a process of their own: cells, errors, formulas, what is hidden."""
