"""The commands of the `huotong` program that are more than one call: each is a package of its own."""
