"""By what the process that reads workbooks tells the one that asks why it has ended."""

PASSWORD, NO_SHEET, TOO_LARGE = 3, 4, 5
