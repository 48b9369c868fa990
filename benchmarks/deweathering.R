# One series, de-weathered by rmweather and deweather with their usual settings. Called by against_deweathering.py.
# Arguments: package, CSV (date, value, weather columns), CSV to write (date, normalised), extra library folder.

given <- commandArgs(trailingOnly = TRUE)
.libPaths(c(given[4], .libPaths()))
days <- read.csv(given[2])
days$date <- as.POSIXct(days$date, tz = "UTC")
weather <- setdiff(names(days), c("date", "value"))
set.seed(123)

if (given[1] == "rmweather") {
  suppressMessages(library(rmweather))
  table <- rmw_prepare_data(tibble::as_tibble(days), na.rm = TRUE)
  variables <- c(weather, "date_unix", "day_julian", "weekday")
  model <- rmw_train_model(table, variables = variables, n_trees = 300, n_cores = 1)
  found <- rmw_normalise(model, table, variables = weather, n_samples = 300, n_cores = 1)
  result <- data.frame(date = found$date, normalised = found$value_predict)
} else {
  suppressMessages(library(deweather))
  table <- stats::na.omit(days)
  table$day <- as.numeric(format(table$date, "%j"))
  vars <- c("trend", "day", "weekday", weather)
  model <- buildMod(table, vars = vars, pollutant = "value", n.trees = 300, B = 1, n.core = 1)
  found <- metSim(model, newdata = table, metVars = weather, B = 300, n.core = 1)
  result <- data.frame(date = found$date, normalised = found$value)
}
result$date <- format(result$date, "%Y-%m-%d")
write.csv(result, given[3], row.names = FALSE)
