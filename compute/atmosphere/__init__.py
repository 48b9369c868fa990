"""From emissions to the air people breathe: grid, transport, chemistry, engines, exposure, evaluation."""
