"""The command `tradeplume export`."""

from __future__ import annotations

from cli.options import HomeOption, options_of_request
from geoschem.export_request import ExportRequest


@options_of_request
def export(request: ExportRequest, home: HomeOption = None) -> None:
    """Write gridded emissions of exports for other models.

    Monthly in kg/m2/s, or as CSV in tonnes for each cell. Exports that return in Chinese consumption are left
    out. The files hold the same mass as the marts.

    Examples: `tradeplume export --for geos-chem --out hemco`, `tradeplume export --for csv --out cells`,
    `tradeplume export --for wrf-chem --out wrf --scenario I_EXREGION:USA`
    """
    from geoschem.export import export_emissions
    from warehouse.edition import load_edition
    from warehouse.home import locate

    place = locate(home)
    written = export_emissions(load_edition(request.edition, place.root), place, request)
    for pollutant, tonnes in written.tonnes.items():
        print(f"{pollutant:10} {tonnes:14,.0f} t")
    for path in written.files:
        print(path)
