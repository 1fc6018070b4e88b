"""F7 ① 结账: accounting periods, closed and opened again in order."""
