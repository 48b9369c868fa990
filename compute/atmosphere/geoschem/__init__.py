"""What the GEOS-Chem engine computes with: species, fluxes, grids, the order of runs, reading arrays."""
