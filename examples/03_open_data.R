# Data in R. Make them first:  rhm generate -P 10000 --split train --format csv -o data.csv
files <- c(commandArgs(trailingOnly = TRUE), "data.csv")

data <- read.csv(files[1])  # columns label, x0, x1, ...
print(table(data$label, data$x0))  # how often each symbol opens a string of each class
