# Data in gnuplot. Make them first:  rhm generate -P 10000 --split train --format csv -o data.csv
# and run:  gnuplot -e "file='data.csv'" 04_plot_data.gp
if (!exists("file")) file = "data.csv"
set datafile separator ","
set terminal dumb 79 25
set title "which symbols open a string" ; set yrange [0:] ; set xrange [-0.5:] ; set boxwidth 0.5 ; set key off
plot file using "x0":(1) smooth frequency with boxes
