"""Where the formulas come from: the page of PyTorch's documentation, and the papers."""

from __future__ import annotations

from types import MappingProxyType

from core.experiment.settings import Settings

ADAM = "Kingma & Ba 2015"
DECOUPLED = "Loshchilov & Hutter 2019"
MOMENTUM = "Sutskever et al. 2013"
OPTIMIZER_PAPERS = MappingProxyType(
    {
        "sgd": (),
        "adam": (ADAM,),
        "adamw": (ADAM, DECOUPLED),
        "nadam": ("Dozat 2016",),
        "radam": ("Liu et al. 2020",),
        "adamax": (ADAM,),
        "adagrad": ("Duchi, Hazan & Singer 2011",),
        "adadelta": ("Zeiler 2012",),
        "rmsprop": ("Tieleman & Hinton 2012",),
        "rprop": ("Riedmiller & Braun 1993",),
        "asgd": ("Polyak & Juditsky 1992",),
        "lbfgs": ("Nocedal 1980", "Liu & Nocedal 1989"),
    }
)
LOSS_PAPERS = MappingProxyType({"huber": "Huber 1964", "quantile": "Koenker & Bassett 1978"})


def sources(settings: Settings, phase: str) -> tuple[str, ...]:
    """What to read about a phase."""
    match phase:
        case "zero_grad":
            return ("torch.optim.Optimizer.zero_grad",)
        case "forward":
            return ("torch.nn.Linear",)
        case "loss":
            runs = settings.row("loss").runs
            papers = (LOSS_PAPERS[settings.loss],) if settings.loss in LOSS_PAPERS else ()
            lasso = ("Tibshirani 1996",) if settings.l1 else ()
            return (*((runs,) if runs.startswith("torch.") else ()), *papers, *lasso)
        case "backward":
            clip = ("torch.nn.utils.clip_grad_norm_", "Pascanu, Mikolov & Bengio 2013")
            first = ("torch.Tensor.backward", "Rumelhart, Hinton & Williams 1986")
            return (*first, *(clip if settings.clip_norm is not None else ()))
    return _optimizer(settings)


def _optimizer(settings: Settings) -> tuple[str, ...]:
    """The page of the optimizer, its papers, and those of what is switched on."""
    values = settings.values("optimizer")
    papers = [settings.row("optimizer").runs, *OPTIMIZER_PAPERS.get(settings.optimizer, ())]
    if settings.optimizer == "sgd" and values["momentum"]:
        papers.append("Polyak 1964" if not values["nesterov"] else MOMENTUM)
    if values.get("amsgrad"):
        papers.append("Reddi et al. 2018")
    if values.get("decoupled_weight_decay") and values["weight_decay"]:
        papers.append(DECOUPLED)
    return tuple(papers)
