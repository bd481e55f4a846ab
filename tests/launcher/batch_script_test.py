# SPDX-License-Identifier: Apache-2.0
"""teranga batch-script: the scripts are whole shell scripts, and the one for Slurm requeues what it should, under the right name. Commands of schedulers are small stand-ins here."""
import os
import shlex
import subprocess
import unittest

from program import LIMIT, PROGRAM, SLOWER, ProgramTest

SCHEDULERS = ("slurm", "pbs", "lsf", "flux")
ONE = ("--threads", "1", "--time", "30:00")
# Stand-ins: each writes its words to calls, a line with tabs. `outcomes` says how each training ends, one code a line; "-" after it: without a checkpoint of a later step.
TRAINING = '''#!/bin/bash
printf '%s\\t' "${0##*/}" "$@" >>"$CALLS"; echo "cores=${SRUN_CPUS_PER_TASK:-none}" >>"$CALLS"
while [ $# -gt 0 ] && [ "$1" != --run ]; do shift; done
read -r code progress < <(sed -n "$(grep -c "^${0##*/}" "$CALLS")p" "$OUTCOMES")
if [ $# -gt 1 ]; then
  mkdir -p "$2/checkpoints"
  [ "${progress:-}" = - ] || : >"$2/checkpoints/step-$(date +%s%N).h5"
fi
[ "${progress:-}" = TERM ] && kill -TERM $PPID
exit "$code"
'''
WITNESS = '#!/bin/bash\nprintf "%s\\t" "${0##*/}" "$@" >>"$CALLS"; echo >>"$CALLS"; exit "${WITNESS_CODE:-0}"\n'


class Script(ProgramTest):
    def setUp(self):
        super().setUp()
        self.bin = self.place / "bin"
        self.bin.mkdir()

    def stand_in(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def printed(self, scheduler, *words, recipe=None):
        script = self.place / "job.sh"
        script.write_text(self.good("batch-script", scheduler, recipe or self.recipe("mlp-iris"), *words))
        return script

    def submitted(self, script, outcomes, *words, **environment):
        """Exit code of the script, what it printed, and the calls of the stand-ins as lists of words."""
        (self.place / "calls").write_text("")
        (self.place / "outcomes").write_text("".join(f"{one}\n" for one in outcomes))
        usual = {"SLURM_JOB_ID": "7", "SLURM_JOB_NODELIST": "n1", "SLURM_CPUS_ON_NODE": "8"}
        outside = {**os.environ, **usual, "PATH": f"{self.bin}:{os.environ['PATH']}", "CALLS": str(self.place / "calls"), "OUTCOMES": str(self.place / "outcomes"), **environment}
        done = subprocess.run([script, *words] if os.access(script, os.X_OK) else ["bash", script, *words], cwd=self.place, env=outside, capture_output=True, text=True, timeout=LIMIT)
        calls = [line.split("\t") for line in (self.place / "calls").read_text().splitlines()]
        return done.returncode, done.stdout + done.stderr, calls


class Form(Script):
    def test_all_scripts_are_whole_and_shellcheck_finds_nothing(self):
        every = {"": ONE, "nodes": (*ONE, "--nodes", "4", "--ranks-per-node", "2", "--partition", "p", "--account", "a", "--job-name", "night", "--max-requeues", "3", "--before", "true", "--set", "training.epochs=3"),
                 "array": (*ONE, "--array", "2-5%2"), "sweep": (*ONE, "--grid", "training.seed=1..3", "--grid", "optimizer.learning_rate=0.1,0.01")}
        for scheduler in SCHEDULERS:
            for name, words in every.items():
                script = self.printed(scheduler, *words)
                subprocess.run(["bash", "-n", script], check=True)
                found = subprocess.run(["shellcheck", script], capture_output=True, text=True)
                self.assertEqual(found.stdout, "", f"{scheduler} {name}:\n{script.read_text()}")

    def test_what_the_scheduler_is_asked_for(self):
        words = (*ONE[:2], "--time", "1-12:00:00", "--nodes", "4", "--ranks-per-node", "2", "--partition", "p", "--array", "2-5%2", "--option=--constraint=avx512")
        slurm = self.printed("slurm", *words).read_text().splitlines()
        for option in ("--nodes=4", "--ntasks-per-node=2", "--cpus-per-task=1", "--time=1-12:00:00", "--partition=p", "--array=2-5%2", "--signal=USR2@120", "--requeue", "--open-mode=append", "--output=mlp-iris-%A_%a.log", "--constraint=avx512", "--job-name=mlp-iris"):
            self.assertIn("#SBATCH " + option, slurm)
        self.assertIn("#SBATCH --signal=USR2@60", self.printed("slurm", *ONE[:2], "--time", "5:00").read_text())
        self.assertIn("#SBATCH --exclusive", self.printed("slurm").read_text())
        pbs = self.printed("pbs", *words).read_text().splitlines()
        for option in ("-l select=4:ncpus=2:mpiprocs=2:ompthreads=1", "-l walltime=36:00:00", "-q p", "-J 2-5%2"):
            self.assertIn("#PBS " + option, pbs)
        lsf = self.printed("lsf", *words).read_text().splitlines()
        for option in ('-J "mlp-iris[2-5]%2"', "-n 8", '-R "span[ptile=2]"', "-W 36:00", "-wa USR2 -wt 2", "-Q 75"):
            self.assertIn("#BSUB " + option, lsf)
        self.assertIn("#BSUB -W 0:31\n", self.printed("lsf", *ONE[:2], "--time", "30:01").read_text())  # LSF takes minutes
        flux = self.printed("flux", *words).read_text().splitlines()
        for option in ("--nodes=4", "--nslots=8", "--cores-per-slot=1", "--time-limit=2160m"):
            self.assertIn("#flux: " + option, flux)

    def test_a_wrong_recipe_is_told_before_it_waits_in_a_queue(self):
        (self.place / "wrong.toml").write_text(self.recipe("mlp-iris").read_text().replace("batch_size", "batch_sise"))
        self.assertIn("batch_size", self.bad(2, "batch-script", "slurm", "wrong.toml"))


class Slurm(Script):
    def setUp(self):
        super().setUp()
        self.stand_in("srun", TRAINING)
        self.stand_in("scontrol", WITNESS)

    def test_75_and_6_are_queued_again_and_other_exit_codes_are_passed_on(self):
        script = self.printed("slurm", *ONE)
        for code in (0, 1, 2, 3, 6, 75, 137):
            found, said, calls = self.submitted(script, [code])
            again = code in (6, 75)
            self.assertEqual(found, 75 if again else code, said)
            self.assertEqual([call[:3] for call in calls if call[0] == "scontrol"], [["scontrol", "requeue", "7"]] if again else [], said)

    def test_a_training_that_stands_still_before_a_later_checkpoint_does_not_come_back(self):
        code, said, calls = self.submitted(self.printed("slurm", *ONE), ["6 -"])
        self.assertEqual((code, len(calls)), (6, 1), said)
        self.assertIn("wrote no later checkpoint", said)

    def test_commands_that_come_first_may_read_variables_that_are_not_set(self):
        code, said, calls = self.submitted(self.printed("slurm", *ONE, "--before", 'echo "first $NOT_SET_ANYWHERE"'), [0])
        self.assertEqual((code, len(calls)), (0, 1), said)
        self.assertIn("first", said)

    def test_a_job_of_an_array_is_requeued_alone(self):
        script = self.printed("slurm", *ONE, "--array", "2-5")
        code, said, calls = self.submitted(script, [75], SLURM_JOB_ID="12", SLURM_ARRAY_JOB_ID="9", SLURM_ARRAY_TASK_ID="3")
        self.assertEqual((code, calls[1][:3]), (75, ["scontrol", "requeue", "9_3"]), said)
        self.assertIn(f"{self.place}/runs/mlp-iris-3", calls[0])
        self.assertIn("training.seed=3", calls[0])

    def test_requeues_end_without_progress_and_after_a_count(self):
        script = self.printed("slurm", *ONE, "--max-requeues", "2")
        self.assertEqual(len(self.submitted(script, [75], SLURM_RESTART_COUNT="1")[2]), 2)
        code, said, calls = self.submitted(script, [75], SLURM_RESTART_COUNT="2")
        self.assertEqual((code, len(calls)), (75, 1))
        self.assertIn("queued again 2 times, and is not queued again", said)
        code, said, calls = self.submitted(script, ["75 -"])
        self.assertEqual((code, len(calls)), (75, 1))
        self.assertIn("wrote no later checkpoint", said)
        code, said, calls = self.submitted(script, ["75"], WITNESS_CODE="1")
        self.assertIn("the job cannot be queued again", said)
        self.assertEqual(code, 75)

    def test_a_cancelled_job_does_not_come_back(self):
        code, said, calls = self.submitted(self.printed("slurm", *ONE), ["75 TERM"])
        self.assertEqual((code, len(calls)), (75, 1))
        self.assertIn("was asked to end", said)

    def test_what_the_training_is_started_with(self):
        folder = self.place / "my $HOME's \"own\" recipes"
        folder.mkdir()
        recipe = folder / "a b.toml"
        recipe.write_text(self.recipe("mlp-iris").read_text())
        script = self.printed("slurm", "--nodes", "2", "--ranks-per-node", "2", "--set", 'data.normalize="none"', "--run", f"{folder}/run", recipe=recipe)
        code, said, calls = self.submitted(script, [0], "--set", "training.epochs=7", "--reproducible")
        self.assertEqual(code, 0, said)
        words = calls[0]
        self.assertEqual(words[:4], ["srun", "--mpi=pmix", "--kill-on-bad-exit=1", "--cpu-bind=cores"])
        self.assertEqual(words[words.index("train") - 1], os.path.realpath(PROGRAM))
        self.assertEqual(words[words.index("train") + 1:-1], [str(recipe), "--run", f"{folder}/run", "--threads", "4", "--progress", "plain", "--set", 'data.normalize="none"', "--set", "training.epochs=7", "--reproducible"])
        self.assertEqual(words[-1], "cores=4")  # of 8 cores on a node with two processes

    def test_a_real_training_goes_on_until_it_is_complete(self):
        """srun is a stand-in that starts the real program on two ranks, and USR2 comes as from Slurm."""
        self.stand_in("srun", f'''#!/bin/bash
echo srun >>"$CALLS"
while [ "$1" != {os.path.realpath(PROGRAM)} ]; do shift; done
mpirun -n 2 --oversubscribe --bind-to none "$@" --set checkpoint.every_seconds=0 &
mpi=$!
[ "$SLURM_RESTART_COUNT" = 0 ] && while ! grep -q "epoch" "{self.place}/run/metrics.csv" 2>/dev/null || [ "$(wc -l <"{self.place}/run/metrics.csv")" -lt 3 ]; do sleep 0.01; done && kill -USR2 $mpi
wait $mpi; wait $mpi
''')
        script = self.printed("slurm", *ONE, "--run", "run")
        root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1"}
        code, said, calls = self.submitted(script, [], "--set", "training.epochs=1000000", SLURM_RESTART_COUNT="0", **root)
        self.assertEqual((code, [call[0] for call in calls]), (75, ["srun", "scontrol"]), said)
        epochs = len((self.place / "run/metrics.csv").read_text().splitlines()) + 1
        code, said, calls = self.submitted(script, [], "--set", f"training.epochs={epochs}", SLURM_RESTART_COUNT="1", **root)
        self.assertEqual((code, [call[0] for call in calls]), (0, ["srun"]), said)

    def test_each_job_of_a_sweep_trains_its_row(self):
        self.stand_in("srun", '#!/bin/bash\nwhile [[ "$1" == --* ]]; do shift; done\nexec "$@"\n')
        script = self.printed("slurm", *ONE, "--grid", "training.seed=1..2", "--set", "training.epochs=2")
        self.assertIn("#SBATCH --array=1-2\n", script.read_text())
        for index in ("1", "2"):
            code, said, _ = self.submitted(script, [], SLURM_ARRAY_JOB_ID="9", SLURM_ARRAY_TASK_ID=index)
            self.assertEqual(code, 0, said)
        self.assertIn("2 rows, 2 to train", self.good("sweep", self.recipe("mlp-iris"), "--grid", "training.seed=1..2", "--set", "training.epochs=2"))
        self.assertTrue((self.place / "sweeps/mlp-iris/0002/checkpoints").is_dir())


class Others(Script):
    """Against the manuals: these schedulers are not here."""

    def test_pbs_submits_the_script_again_without_its_array(self):
        self.stand_in("mpirun", TRAINING)
        self.stand_in("qsub", '#!/bin/bash\nprintf "%s\\t" qsub "$@" "$TERANGA_REQUEUES" "$TERANGA_INDEX" "$TERANGA_WORDS" >>"$CALLS"; grep -c "^#PBS -J" >>"$CALLS"\n')
        script = self.printed("pbs", *ONE, "--array", "2-5")
        job = {"PBS_JOBID": "4.server", "PBS_NODEFILE": "nodes", "PBS_ARRAY_INDEX": "3", "TERANGA_WORDS": "--set training.epochs=7"}
        code, said, calls = self.submitted(script, [75], **job)
        self.assertEqual((code, calls[1]), (75, ["qsub", "-v", "TERANGA_REQUEUES,TERANGA_INDEX,TERANGA_WORDS", "1", "3", "--set training.epochs=7", "0"]), said)
        self.assertIn(f"{self.place}/runs/mlp-iris-3", calls[0])
        self.assertIn("training.epochs=7", calls[0])
        self.assertIn("exit code 75", (self.place / "mlp-iris-3.log").read_text())
        job.pop("PBS_ARRAY_INDEX")
        code, said, calls = self.submitted(script, [0], TERANGA_INDEX="3", TERANGA_REQUEUES="1", **job)
        self.assertEqual((code, len(calls)), (0, 1))
        self.assertIn("training.seed=3", calls[0])
        limit = int(calls[0][calls[0].index("--max-time") + 1])
        self.assertTrue(1600 < limit <= 1680, limit)  # of 1800 s with a margin of 120 s

    def test_pbs_refuses_arrays_of_one_job(self):
        self.stand_in("mpirun", TRAINING)
        script = self.printed("pbs", *ONE, "--array", "4-4")
        self.assertNotRegex(script.read_text(), r"(?m)^#PBS -J")
        code, said, calls = self.submitted(script, [0], PBS_JOBID="4.server", PBS_NODEFILE="nodes")
        self.assertEqual((code, len(calls)), (0, 1), said)
        self.assertIn("training.seed=4", calls[0])

    def test_a_sweep_stops_in_time_too(self):
        self.stand_in("mpirun", '#!/bin/bash\nwhile [ "$1" != core ]; do shift; done\nshift\nexec "$@"\n')
        self.stand_in("qsub", WITNESS)
        script = self.printed("pbs", "--threads", "1", "--time", str(6 * SLOWER), "--margin", str(3 * SLOWER), "--grid", "training.seed=1..2", recipe=self.recipe("lenet-digits"))
        code, said, calls = self.submitted(script, [], PBS_JOBID="4.server", PBS_NODEFILE="nodes", PBS_ARRAY_INDEX="1", TERANGA_WORDS="--set training.epochs=1000000")
        log = (self.place / "lenet-digits-1.log").read_text()
        self.assertEqual((code, [call[0] for call in calls]), (75, ["qsub"]), said + log)
        self.assertIn("stopped on request", log)

    def test_lsf_queues_again_by_the_exit_code(self):
        self.stand_in("mpirun", TRAINING)
        script = self.printed("lsf", *ONE, "--max-requeues", "2", "--run", "run")
        codes = [self.submitted(script, ["75"], LSB_JOBID="5")[0] for _ in range(3)]
        self.assertEqual(codes, [75, 75, 1])
        self.assertEqual(self.submitted(script, ["75 -"], LSB_JOBID="6")[0], 1)
        self.assertEqual(self.submitted(script, ["3"], LSB_JOBID="6")[0], 3)

    def test_flux_asks_its_parent(self):
        self.stand_in("flux", TRAINING.replace("printf", '[ "$1" = getattr ] && exec echo f7\nprintf', 1))
        script = self.printed("flux", *ONE)
        code, said, calls = self.submitted(script, ["75", "0"], "--set", "training.epochs=7")
        self.assertEqual(code, 75, said)
        self.assertEqual(calls[1][:6], ["flux", "--parent", "batch", "--env=TERANGA_REQUEUES=1", str(script), "--set"])


class Mistakes(Script):
    def test_hints(self):
        recipe = self.recipe("mlp-iris")
        for words, said, hint in [(("pbz", recipe), 'expected slurm, pbs, lsf, flux before the recipe, found "pbz"', "teranga batch-script slurm RECIPE"),
                                  (("pbs", recipe), "pbs gives a job only the cores that it asks for", "--threads 8"),
                                  (("slurm", recipe, "--array", "5-2"), "--array: expected FIRST-LAST", "--array 1-8%2"),
                                  (("slurm", recipe, "--array", "1-5", "--grid", "training.seed=1..3"), "the grid has the rows 1 to 3", "--array 1-3, or leave out --array"),
                                  (("slurm", recipe, "--time", "1:00"), "leaves it no time", "--time 10:00, or --margin 10s"),
                                  (("slurm", recipe, "--job-name", "a b"), "--job-name: expected letters", "--job-name night"),
                                  (("slurm", recipe, "--nodes", "1000001"), "expected at most 1000000 nodes", "--nodes 2 --ranks-per-node 1"),
                                  (("slurm", recipe, "--option", "a\nb"), "--option: expected one line", "--option FIRST --option SECOND")]:
            found = self.bad(2, "batch-script", *words)
            self.assertIn(said, found)
            self.assertIn(f"hint: {hint}\n", found)


if __name__ == "__main__":
    unittest.main()
