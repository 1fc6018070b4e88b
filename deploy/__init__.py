"""Everything that puts Huotong on a machine: containers, servers and their accounts."""
