"""Every row of the fault table, against the real program: kills, cuts, full and broken disks, hostile services."""
