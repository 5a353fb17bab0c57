<link rel="stylesheet" href="{$WEB_ROOT|escape}/modules/servers/sluice/assets/sluice.css">
<div class="sluice">
  {if $sluiceNotice}<p class="alert alert-info" role="status">{$sluiceNotice|escape}</p>{/if}
  {if $sluice.fault}<p class="sluice-fault" role="status">{$sluice.fault|escape}</p>{/if}
  {if $sluice.summary}<p dir="auto">{$sluice.summary|escape}</p>{/if}
  {foreach $sluice.parts as $part}
    <section class="sluice-part" id="sluice-{$part.id|escape}">
      {if $part.title}<h3 dir="auto">{$part.title|escape}</h3>{/if}
      {$part.html nofilter}
    </section>
  {/foreach}
  {if $sluice.timeZone}<p class="sluice-zone">Times: {$sluice.timeZone|escape}</p>{/if}
  {if $sluice.due}<p class="alert alert-warning sluice-due" dir="auto"><a href="{$sluice.due.href|escape}">{$sluice.due.label|escape}</a></p>{/if}
  {foreach $sluice.unpaid as $purchase}
    <p class="alert alert-warning sluice-unpaid"><bdi>{$purchase.package|escape}</bdi> is pending: <a href="viewinvoice.php?id={$purchase.invoice|escape:'url'}">pay invoice {$purchase.invoice|escape}</a></p>
  {/foreach}
  {if $sluice.credit || $sluice.topUp}
    <p class="sluice-credit">{if $sluice.credit}Your credit: {$sluice.credit|escape}. {/if}{if $sluice.topUp}<a href="{$sluice.topUp|escape}">Add funds</a>{/if}</p>
  {/if}
  {if $sluice.packages}
    <form class="sluice-buy" method="post" action="{$sluiceLink|escape}">
      <input type="hidden" name="ticket" value="{$sluiceTicket|escape}">
      <input type="hidden" name="agreed" value="{$sluice.agreed|escape}">
      <label>Extra traffic
        <select name="package">
          {foreach $sluice.packages as $package}<option value="{$package.package|escape}">{$package.label|escape}</option>{/foreach}
        </select>
      </label>
      <button type="submit" class="btn btn-primary">Buy</button>
    </form>
  {/if}
  {if $sluiceLogin}
    <p><a class="btn btn-primary" rel="noreferrer" href="{$sluiceLogin|escape}">Continue to the panel</a></p>
  {elseif $sluice.loginLink}
    <p><a class="btn btn-default" href="{$sluiceLink|escape}&amp;login=1">Log in to the panel</a></p>
  {/if}
  <p><a href="index.php?m=sluice">All services</a></p>
</div>
